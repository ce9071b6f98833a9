// deployment.yaml: written as Prefect 2.10.4 writes it, read with a sentence for everything that is wrong with it.
import { Document, isMap, LineCounter, parseDocument, Scalar, visit } from "yaml";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { type DeploymentSpec, isSavedBlock } from "./deployment.ts";

const EDITABLE = [
  ...["name", "description", "version", "work_queue_name", "work_pool_name", "tags", "parameters", "schedule"],
  ...["is_schedule_active", "infra_overrides", "infrastructure"],
] as const;
const GENERATED = [
  ...["flow_name", "manifest_path", "infrastructure", "storage", "path", "entrypoint", "parameter_openapi_schema"],
  "timestamp",
] as const;
const QUEUE_COMMENT = "# The work queue that will handle this deployment's runs\n";
const LINE = "\n###\n### DO NOT EDIT BELOW THIS LINE\n###\n";

/** The whole file, as text. */
export function renderDeploymentFile(spec: DeploymentSpec): string {
  const saved = isSavedBlock(spec.infrastructure);
  const above = EDITABLE.filter((key) => key !== "infrastructure" || !saved);
  const below = GENERATED.filter((key) => key !== "infrastructure" || saved);
  const header = `###\n### A complete description of a Prefect Deployment for flow ${pythonText(spec.flow_name)}\n###\n`;
  const editable = above.map(
    (key) => (key === "work_queue_name" ? QUEUE_COMMENT : "") + field(key, fileValue(spec, key)),
  );
  return [header, ...editable, LINE, ...below.map((key) => field(key, fileValue(spec, key)))].join("");
}

function fileValue(spec: DeploymentSpec, key: keyof DeploymentSpec): Json {
  const value = spec[key] as Json; // a spec holds JSON
  // In the file the schema always has both, null where the API leaves them out.
  if (key !== "parameter_openapi_schema" || !isObject(value)) return value;
  const { title, type, properties, required, definitions } = value as JsonObject; // as above
  return { title, type, properties, required: required ?? null, definitions: definitions ?? null } as Json; // as above
}

function field(key: string, value: Json): string {
  const document = new Document({ [key]: value }, { version: "1.1" });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== "string") return;
      if (node.value.includes("\n")) node.type = Scalar.BLOCK_LITERAL;
      else if (looksLikeTime(node.value)) node.type = Scalar.QUOTE_SINGLE;
    },
  });
  const options = { indentSeq: false, lineWidth: 0, singleQuote: true, nullStr: "null" } as const;
  return document.toString(options);
}

function looksLikeTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}/.test(text);
}

/** Python's way of quoting a name. */
function pythonText(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;
}

const KNOWN = new Set<string>([...EDITABLE, ...GENERATED]);

/** Throws `invalid` with a sentence that names the file, and the line where there is one. */
export function parseDeploymentFile(text: string, path: string): DeploymentSpec {
  const fields = parseFields(text, path);
  const refuse = (why: string) => new OrchError("invalid", `'${path}' did not conform to deployment spec: ${why}`);
  const unknown = Object.keys(fields).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw refuse(`extra fields not permitted: ${unknown.join(", ")}`);
  if (typeof fields["name"] !== "string" || fields["name"] === "") throw refuse("'name' is missing");
  if (typeof fields["flow_name"] !== "string") throw refuse("'flow_name' is missing");
  const { infrastructure } = fields;
  if (!isObject(infrastructure)) throw refuse("'infrastructure' is missing");
  const block = infrastructure as JsonObject; // JSON holds JSON
  const slug = block["_block_type_slug"] ?? block["block_type_slug"] ?? block["type"];
  if (typeof slug !== "string") throw refuse("'infrastructure' has no 'type'");
  const expect = <T extends Json>(key: string, is: (value: Json) => boolean, kind: string, fallback: T): T => {
    const value = fields[key];
    if (value === undefined || value === null) return fallback;
    if (!is(value)) throw refuse(`'${key}' must be ${kind}`);
    return value as T; // just checked
  };
  const words = (key: string) => expect<string | null>(key, isText, "text", null);
  const object = (key: string) => expect<JsonObject>(key, isObject, "a mapping", {});
  return {
    name: fields["name"],
    description: words("description"),
    version: textOf(fields["version"]),
    work_queue_name: words("work_queue_name"),
    work_pool_name: words("work_pool_name"),
    tags: expect<string[]>("tags", (value) => Array.isArray(value) && value.every(isText), "a list of texts", []),
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
    flow_name: fields["flow_name"],
    manifest_path: words("manifest_path"),
    storage: expect<JsonObject | null>("storage", isObject, "a mapping", null),
    path: words("path"),
    entrypoint: words("entrypoint"),
    parameter_openapi_schema: withoutNulls(object("parameter_openapi_schema")),
    timestamp: words("timestamp"),
  };
}

const isText = (value: Json): boolean => typeof value === "string";

/** A version may look like a number. */
function textOf(value: Json | undefined): string | null {
  return value === undefined || value === null ? null : String(value);
}

function withoutNulls(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== null));
}

function parseFields(text: string, path: string): JsonObject {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new OrchError("invalid", `'${path}' is not valid YAML, line ${line}, column ${col}: ${error.message}`);
  }
  if (!isMap(document.contents))
    throw new OrchError("invalid", `'${path}' is not a deployment file: it is no mapping.`);
  return document.toJS() as JsonObject; // YAML of plain values is JSON
}
