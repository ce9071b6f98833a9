// `--field name=value` to the data of a block, by the fields of its type.
import { OrchError } from "#lib/errors.ts";
import { exactNumber, isObject, type Json, type JsonObject, tryParseJson } from "#lib/json.ts";
import { didYouMean } from "../nearest.ts";

/** Throws `invalid` for a field that is not known, not readable, or missing. */
export function blockData(slug: string, fields: JsonObject, given: readonly string[]): JsonObject {
  const properties = isObject(fields["properties"]) ? fields["properties"] : {};
  const data: JsonObject = {};
  for (const pair of given) {
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    if (name === "")
      throw new OrchError("invalid", `'${name || pair.slice(0, 20)}' is no field: give it as name=value.`);
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!isObject(property)) {
      const known = Object.keys(properties);
      const hint = didYouMean(name, known);
      throw new OrchError("invalid", `A ${slug} has no '${name}'.${hint} Its fields: ${known.join(", ")}.`);
    }
    data[name] = readValue(name, String(property["type"]), value);
  }
  const required = Array.isArray(fields["required"]) ? fields["required"].map(String) : [];
  const missing = required.filter((name) => !(name in data));
  if (missing.length === 0) return data;
  throw new OrchError("invalid", `A ${slug} needs ${missing.map((name) => `--field ${name}=…`).join(" ")}.`);
}

const TRUE = ["true", "yes", "1"];
const FALSE = ["false", "no", "0"];

/** The value itself is in no sentence: it may be a secret. */
function readValue(name: string, type: string, value: string): Json {
  if (type === "array") return value.split(",").map((item) => item.trim());
  if (type === "object") return jsonOf(name, value);
  if (type === "integer") {
    if (/^-?\d+$/.test(value)) return exactNumber(String(BigInt(value)));
    throw new OrchError("invalid", `'${name}' must be a whole number.`);
  }
  if (type === "boolean") {
    if (TRUE.includes(value.toLowerCase())) return true;
    if (FALSE.includes(value.toLowerCase())) return false;
    throw new OrchError("invalid", `'${name}' must be true or false.`);
  }
  return value;
}

function jsonOf(name: string, value: string): Json {
  const parsed = tryParseJson(value);
  if (isObject(parsed)) return parsed as JsonObject; // JSON holds JSON
  throw new OrchError("invalid", `'${name}' must be JSON such as {"key": "value"}.`);
}
