// Reads the JSON of an answer: numbers that users made keep their digits, those of the API itself are plain numbers.
import { isExact, isObject, type Json, type JsonObject, mayChange, tryParseJson } from "#lib/json.ts";
import { setOwn } from "#lib/own.ts";

/** The fields that hold what users made. Elsewhere `0.0`, as Prefect's own server writes it, is the number 0. */
const OF_USERS = new Set([
  ...["parameters", "infra_overrides", "parameter_openapi_schema", "pull_steps", "context", "data", "value"],
  ...["base_job_template", "fields"],
]);

/** The value of an answer's text; `undefined` when it is no JSON. */
export function readAnswer(text: string): Json | undefined {
  if (text === "") return null;
  const value = tryParseJson(text);
  return value === undefined || !mayChange(text) ? value : plainOutside(value);
}

/** The same value where nothing changes, so that most answers are copied nowhere. */
function plainOutside(value: Json): Json {
  if (isExact(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) {
    const items = value.map(plainOutside);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  const object = value;
  let changed: JsonObject | undefined;
  for (const key of Object.keys(object)) {
    const item = object[key] ?? null;
    const plain = OF_USERS.has(key) ? item : plainOutside(item);
    if (plain === item) continue;
    changed ??= { ...object };
    setOwn(changed, key, plain);
  }
  return changed ?? value;
}
