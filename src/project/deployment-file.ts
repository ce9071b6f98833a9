// Reads deployment.yaml, with a sentence for everything that is wrong with it.
import type { DeploymentSpec } from "#domain/deployment.ts";
import { FILE_FIELDS } from "#domain/deployment-file.ts";
import { objectOf } from "#domain/json-schema.ts";
import type { Typed } from "#domain/typed-values.ts";
import { typedWord } from "#domain/yaml-values.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, isTooDeep, type Json, type JsonObject } from "#lib/json.ts";
import { MOST_LEVELS } from "#lib/limits.ts";
import { fieldMeant } from "./file-values.ts";
import { yaml } from "./yaml-library.ts";

const KNOWN = new Set<string>(FILE_FIELDS);

/** Throws `invalid` with a sentence that names the file, and the line where there is one. */
export function parseDeploymentFile(text: string, path: string): DeploymentSpec {
  const fields = parseFields(text, path);
  const refuse = (why: string) => refusal(path, why);
  const name = textOf(fields["name"]);
  const flow_name = textOf(fields["flow_name"]);
  if (!name) throw refuse("'name' is missing");
  if (!flow_name) throw refuse("'flow_name' is missing");
  const { infrastructure } = fields;
  if (!isObject(infrastructure)) throw refuse("'infrastructure' is missing");
  const block = infrastructure as JsonObject; // JSON holds JSON
  const slug = block["_block_type_slug"] ?? block["block_type_slug"] ?? block["type"];
  if (typeof slug !== "string") throw refuse("'infrastructure' has no 'type'");
  const { storage } = fields;
  if (isObject(storage) && typeof (storage as JsonObject)["_block_type_slug"] !== "string")
    throw refuse("'storage' has no '_block_type_slug'");
  const expect = <T extends Json>(key: string, is: (value: Json) => boolean, kind: string, fallback: T): T => {
    const value = fields[key];
    if (value === undefined || value === null) return fallback;
    if (!is(value)) throw refuse(`'${key}' must be ${kind}`);
    return value as T; // just checked
  };
  const words = (key: string) => textOf(expect<Json>(key, isText, "text", null));
  const object = (key: string) => expect<JsonObject>(key, isObject, "a mapping", {});
  return {
    name,
    description: words("description"),
    version: words("version"),
    work_queue_name: words("work_queue_name"),
    work_pool_name: words("work_pool_name"),
    tags: expect<Json[]>("tags", (tags) => Array.isArray(tags) && tags.every(isText), "a list of texts", []).map(
      String,
    ),
    parameters: object("parameters"),
    schedule: expect<JsonObject | null>("schedule", isObject, "a mapping", null) as DeploymentSpec["schedule"], // the server checks its kind
    is_schedule_active: expect<boolean | null>(
      "is_schedule_active",
      (value) => typeof value === "boolean",
      "true or false",
      null,
    ),
    infra_overrides: object("infra_overrides"),
    infrastructure: { ...block, block_type_slug: slug, _block_type_slug: slug },
    flow_name,
    manifest_path: words("manifest_path"),
    storage: expect<JsonObject | null>("storage", isObject, "a mapping", null),
    path: words("path"),
    entrypoint: words("entrypoint"),
    parameter_openapi_schema: withoutNulls(object("parameter_openapi_schema")),
    timestamp: words("timestamp"),
  };
}

/** Numbers too: a name or a version may look like one. */
const isText = (value: Json): boolean => typeof value === "string" || typeof value === "number";

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}

function withoutNulls(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== null));
}

function refusal(path: string, why: string): OrchError {
  return new OrchError("invalid", `'${path}' did not conform to deployment spec: ${why}`);
}

/** The library's own sentence, but for text that is nested deeper than it can go. */
function reasonOf({ message }: Error): string {
  return /call stack/.test(message) ? TOO_DEEP : message.replace(/\.?$/, ".");
}

const TOO_DEEP = `It is nested deeper than ${MOST_LEVELS} levels.`;

/** Throws `invalid` when aliases make far more of it than is written, or when it is nested too deep. */
function valuesOf(document: { toJS(): unknown }, path: string): Record<string, Typed> {
  try {
    const fields: unknown = document.toJS();
    if (!isTooDeep(fields)) return fields as Record<string, Typed>; // YAML of such values is JSON with words in it
  } catch (error) {
    const why = error instanceof Error ? reasonOf(error) : String(error);
    throw new OrchError("invalid", `'${path}' is not valid YAML: ${why}`, { cause: error });
  }
  throw new OrchError("invalid", `'${path}' is not valid YAML: ${TOO_DEEP}`);
}

/** Read as PyYAML reads it. Throws `invalid` for what is no deployment file. */
export function parseFields(text: string, path: string): JsonObject {
  const lines = new yaml.LineCounter();
  // All words are text at first, `schema: "failsafe"`; what they mean is told by our own table.
  const options = { lineCounter: lines, prettyErrors: false, schema: "failsafe", merge: true } as const;
  const document = yaml.parseDocument(text, options);
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new OrchError("invalid", `'${path}' is not valid YAML, line ${line}, column ${col}: ${reasonOf(error)}`);
  }
  if (!yaml.isMap(document.contents))
    throw new OrchError("invalid", `'${path}' is not a deployment file: it is no mapping.`);
  yaml.visit(document, {
    Scalar(key, node) {
      if (key === "key" || node.tag || node.type !== "PLAIN" || typeof node.value !== "string") return;
      node.value = typedWord(node.value);
    },
  });
  const fields = valuesOf(document, path);
  const unknown = Object.keys(fields).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw refusal(path, `extra fields not permitted: ${unknown.join(", ")}`);
  const schema = objectOf(fieldMeant("parameter_openapi_schema", fields["parameter_openapi_schema"] ?? {}, {}));
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fieldMeant(key, value, schema)]));
}
