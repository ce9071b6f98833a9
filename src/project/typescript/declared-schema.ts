// The parameters of a flow that declares a schema for them, as the JSON schema that deployments carry. Each library has
// its own way to give one; what JSON schema cannot say is left open there.
import { dirname } from "node:path";
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import type { StandardSchema } from "#domain/parameters/standard-schema.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, objectOf } from "#lib/json.ts";
import { asOneObject } from "./parameters-object.ts";
import { UNSEEN } from "./parameters-schema.ts";

/**
 * Returns `undefined` for a flow that declares no schema. `typed` returns the schema of the types that the library says it takes,
 * for a library that has no JSON schema. `note` is called when there is neither.
 */
export async function declaredSchema(
  flow: FlowDefinition,
  file: string,
  note: (sentence: string) => void,
  typed: () => Promise<JsonObject>,
): Promise<JsonObject | undefined> {
  const schema = flow.options.parameters;
  if (!schema) return undefined;
  const name = flowName(flow);
  const found = await jsonSchemaOf(schema, dirname(file));
  if (found === undefined) {
    const read = await typed();
    if (isObject(read["properties"])) return read;
    const { vendor } = schema["~standard"];
    note(`Note: '${vendor}' gives no JSON schema, so the parameters of '${name}' are checked by its runs alone.`);
    return UNSEEN;
  }
  const { $schema: _, $defs, definitions = $defs ?? {}, ...rest } = found;
  // Whatever is given is converted.
  if (Object.keys(rest).length === 0) return UNSEEN;
  const object = asOneObject(rest, definitions as JsonObject); // JSON schema's own shape
  if (object) return laidOut({ ...object, definitions });
  throw new OrchError("invalid", `The schema of the parameters of '${name}' must be that of an object.`);
}

async function jsonSchemaOf(schema: StandardSchema, folder: string): Promise<JsonObject | undefined> {
  const ways = [() => converted(schema, folder), () => standard(schema)];
  for (const way of ways) {
    const made = await attempt(way);
    if (!made) continue;
    await systemClock.sleep(A_MOMENT_MS);
    return withStableDefaults(made, await attempt(way));
  }
  return undefined;
}

/** Long enough for `() => new Date()` to give another one. */
const A_MOMENT_MS = 2;

/** A default that is another a moment later is made for each run: its value is not known. */
function withStableDefaults(schema: JsonObject, again: unknown): JsonObject {
  const other = isObject(again) ? again : {};
  const entries = Object.entries(schema).flatMap(([key, value]): [string, Json][] => {
    if (key === "default" && !Bun.deepEquals(value, other[key])) return [];
    return [[key, isObject(value) ? withStableDefaults(value, other[key]) : value]];
  });
  return Object.fromEntries(entries);
}

/** Libraries throw for what they cannot convert. */
async function attempt(way: () => unknown): Promise<JsonObject | undefined> {
  try {
    const made = await way();
    return isObject(made) ? (JSON.parse(JSON.stringify(made)) as JsonObject) : undefined; // made of JSON from here on
  } catch {
    return undefined;
  }
}

/** The Standard JSON Schema interface, which refuses a schema whole for one type that JSON lacks. */
function standard(schema: StandardSchema): unknown {
  const { jsonSchema } = schema["~standard"] as { jsonSchema?: { input?: (options: object) => unknown } }; // the interface
  return jsonSchema?.input?.({ target: "draft-07" });
}

async function converted(schema: StandardSchema, folder: string): Promise<unknown> {
  switch (schema["~standard"].vendor) {
    case "zod":
      return byZod(schema, folder);
    case "valibot":
      return byValibot(schema, folder);
    case "arktype":
      return byArktype(schema);
    default:
      return undefined;
  }
}

/** Of version 4, also where it is a part of version 3. */
async function byZod(schema: StandardSchema, folder: string): Promise<unknown> {
  if (!("_zod" in schema)) return undefined;
  const toJSONSchema =
    (await exported(folder, "zod/v4/core", "toJSONSchema")) ?? (await exported(folder, "zod", "toJSONSchema"));
  return toJSONSchema?.(schema, { io: "input", target: "draft-7", unrepresentable: "any", override: ofZod });
}

interface ZodSchema {
  _zod: {
    optin?: string;
    def: { type: string; coerce?: boolean; in?: ZodSchema; shape?: Record<string, ZodSchema> };
  };
}

interface ZodContext {
  zodSchema: ZodSchema;
  jsonSchema: Record<string, unknown>;
}

/** What runs make of JSON before the schema sees it. */
const FROM_JSON: Readonly<Record<string, JsonObject>> = {
  date: { type: "string", format: "date-time" },
  bigint: { type: "integer", format: "bigint" },
  set: { type: "array", uniqueItems: true },
};

/** Mends what zod says wrongly, or leaves out. */
function ofZod({ zodSchema, jsonSchema }: ZodContext): void {
  const { type, shape = {} } = zodSchema._zod.def;
  delete jsonSchema["readOnly"]; // of what it gives, not of what it takes
  if (takesAnything(zodSchema))
    for (const key of Object.keys(jsonSchema)) if (key !== "default") delete jsonSchema[key];
  if (!takesAnything(zodSchema)) Object.assign(jsonSchema, FROM_JSON[type]);
  const { required } = jsonSchema;
  if (type !== "object" || !Array.isArray(required)) return;
  const missed = required.filter((name) => !isOptional(shape[name]));
  if (missed.length > 0) jsonSchema["required"] = missed;
  else delete jsonSchema["required"];
}

/** What is given is converted, whatever it is; and a file is nothing that JSON holds. */
function takesAnything({ _zod: { def } }: ZodSchema): boolean {
  const isConverted = def.coerce === true || (def.type === "pipe" && def.in?._zod.def.type === "transform");
  return isConverted || def.type === "catch" || def.type === "file";
}

function isOptional(schema: ZodSchema | undefined): boolean {
  return schema?._zod.optin === "optional";
}

/** By the project's own converter, else by the one that is carried along. */
async function byValibot(schema: StandardSchema, folder: string): Promise<unknown> {
  const toJsonSchema =
    (await exported(folder, "@valibot/to-json-schema", "toJsonSchema")) ??
    ((await import("@valibot/to-json-schema")).toJsonSchema as Converter); // it takes any schema of valibot
  return toJsonSchema(schema, { typeMode: "input", errorMode: "ignore", overrideSchema: ofValibot });
}

function ofValibot({ valibotSchema, jsonSchema }: { valibotSchema: { type: string }; jsonSchema: object }) {
  const { type } = valibotSchema;
  return type === "loose_object" ? { ...jsonSchema, additionalProperties: {} } : FROM_JSON[type];
}

/** `base`: what is taken of a type that JSON lacks, or that is converted. */
function byArktype(schema: StandardSchema): unknown {
  const { toJsonSchema } = schema as { toJsonSchema?: (options: object) => unknown }; // arktype's own
  const base = (context: { base: unknown }) => context.base;
  return toJsonSchema?.call(schema, { fallback: { date: () => FROM_JSON["date"], morph: base, default: base } });
}

type Converter = (schema: StandardSchema, options: object) => unknown;

async function exported(folder: string, name: string, what: string): Promise<Converter | undefined> {
  try {
    const module: Record<string, unknown> = await import(Bun.resolveSync(name, folder));
    return typeof module[what] === "function" ? (module[what] as Converter) : undefined; // just looked at
  } catch {
    return undefined; // not installed
  }
}

/** As the signature of a flow gives it: title and position of each parameter, definitions under their usual name. */
function laidOut(schema: JsonObject): JsonObject {
  const { definitions, properties, required, additionalProperties: others = false } = schema;
  const entries = isObject(properties) ? Object.entries(properties) : [];
  const placed = entries.map(([name, property], position): [string, Json] => {
    const { title: _, description, default: usual, ...more } = objectOf(property);
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
    ...(others === false ? {} : { additionalProperties: others }),
    ...(isObject(definitions) && Object.keys(definitions).length > 0 ? { definitions } : {}),
  };
  return JSON.parse(JSON.stringify(all).replaceAll('"#/$defs/', '"#/definitions/'));
}
