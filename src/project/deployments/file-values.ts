// The values of a deployment file's fields as their owner meant them: text stays the text that was typed where a field or a
// parameter is text, and integers keep their digits.
import { meant, type Typed } from "#domain/parameters/typed-values.ts";
import { isObject, type Json, type JsonObject, objectOf, withNumbers } from "#lib/json.ts";
import { TEXT_FIELDS } from "#wire/deployments/deployments.ts";

const TEXT: JsonObject = { type: "string" };
const TEXTS: JsonObject = { type: "object", additionalProperties: TEXT };
/** What becomes part of an environment or a label is text, as it was typed. */
const BLOCK: JsonObject = { type: "object", properties: { env: TEXTS, labels: TEXTS } };
const OF_TEXT: ReadonlySet<string> = new Set(["name", "flow_name", ...TEXT_FIELDS]);

/** The type of a field. `parameters` is the schema of the file's flow. */
export function fieldSchema(key: string, value: unknown, parameters: JsonObject): JsonObject {
  if (OF_TEXT.has(key)) return TEXT;
  if (key === "tags") return { type: "array", items: TEXT };
  if (key === "parameters") return { ...parameters, type: "object" };
  if (key === "infrastructure") return BLOCK;
  if (key !== "infra_overrides" || !isObject(value)) return {};
  const paths = Object.keys(value).filter((path) => /^(?:env|labels)\./.test(path));
  return {
    type: "object",
    properties: { env: TEXTS, labels: TEXTS, ...Object.fromEntries(paths.map((path) => [path, TEXT])) },
  };
}

/** Those whose numbers orch computes with. */
const COMPUTED = new Set(["schedule", "is_schedule_active", "timestamp"]);

export function fieldMeant(key: string, given: Typed, parameters: JsonObject): Json {
  const { definitions } = parameters;
  const value = meant(given, fieldSchema(key, given, parameters), objectOf(definitions)); // JSON holds JSON
  return COMPUTED.has(key) ? (withNumbers(value) as Json) : value; // no schedule counts beyond 2^53
}
