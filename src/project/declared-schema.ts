// The parameters of a flow that declares a schema for them, as the JSON schema that deployments carry. Each library has
// its own way to give one; those that have it in a package of its own are asked from the project's own node_modules.
import { dirname } from "node:path";
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import type { StandardSchema } from "#domain/standard-schema.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";

/** `undefined` for a flow that declares none. `note` is told when its library gives no JSON schema. */
export async function declaredSchema(
  flow: FlowDefinition,
  file: string,
  note: (sentence: string) => void,
): Promise<JsonObject | undefined> {
  const schema = flow.options.parameters;
  if (!schema) return undefined;
  const name = flowName(flow);
  const found = await jsonSchemaOf(schema, dirname(file));
  if (found === undefined) {
    const { vendor } = schema["~standard"];
    const how = vendor === "valibot" ? " Install @valibot/to-json-schema beside it." : "";
    note(`Note: '${vendor}' gives no JSON schema, so the parameters of '${name}' are checked by its runs alone.${how}`);
    return { title: "Parameters", type: "object" };
  }
  if (!isObject(found["properties"]) && found["type"] !== "object") {
    throw new OrchError("invalid", `The schema of the parameters of '${name}' must be that of an object.`);
  }
  return laidOut(found);
}

type Converter = (schema: StandardSchema, options: object) => unknown;

async function jsonSchemaOf(schema: StandardSchema, folder: string): Promise<JsonObject | undefined> {
  const { vendor } = schema["~standard"];
  const own = (schema["~standard"] as { jsonSchema?: { input?: (options: object) => unknown } }).jsonSchema; // the Standard JSON Schema interface
  const made =
    own?.input?.({ target: "draft-07" }) ??
    (schema as { toJsonSchema?: () => unknown }).toJsonSchema?.() ?? // arktype's own
    (await converted(schema, folder, vendor));
  return isObject(made) ? (JSON.parse(JSON.stringify(made)) as JsonObject) : undefined; // made of JSON from here on
}

async function converted(schema: StandardSchema, folder: string, vendor: string): Promise<unknown> {
  if (vendor === "zod") {
    const toJSONSchema = await exported(folder, "zod", "toJSONSchema");
    return toJSONSchema?.(schema, { io: "input", target: "draft-7", unrepresentable: "any" });
  }
  if (vendor === "valibot") {
    const toJsonSchema = await exported(folder, "@valibot/to-json-schema", "toJsonSchema");
    return toJsonSchema?.(schema, { typeMode: "input", errorMode: "ignore" });
  }
  return undefined;
}

async function exported(folder: string, name: string, what: string): Promise<Converter | undefined> {
  try {
    const module: Record<string, unknown> = await import(Bun.resolveSync(name, folder));
    return typeof module[what] === "function" ? (module[what] as Converter) : undefined; // just looked at
  } catch {
    return undefined; // not installed: which the caller says
  }
}

/** As the signature of a flow gives it: title and position of each parameter, definitions under their usual name. */
function laidOut(schema: JsonObject): JsonObject {
  const { $defs, definitions = $defs, properties, required } = schema;
  const entries = isObject(properties) ? Object.entries(properties as JsonObject) : []; // JSON holds JSON
  const placed = entries.map(([name, property], position): [string, Json] => {
    const { title: _, description, default: usual, ...more } = isObject(property) ? (property as JsonObject) : {}; // as above
    return [
      name,
      {
        title: name,
        ...(description === undefined ? {} : { description }),
        ...(usual === undefined ? {} : { default: usual }),
        position,
        ...more,
      },
    ];
  });
  const all = {
    title: "Parameters",
    type: "object",
    properties: Object.fromEntries(placed),
    ...(Array.isArray(required) && required.length > 0 ? { required } : {}),
    ...(isObject(definitions) && Object.keys(definitions).length > 0 ? { definitions: definitions as JsonObject } : {}), // as above
  };
  return JSON.parse(JSON.stringify(all).replaceAll('"#/$defs/', '"#/definitions/'));
}
