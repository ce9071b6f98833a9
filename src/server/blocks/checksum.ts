// The checksum of a block schema's fields, as Prefect 2.10.4 computes it: clients look schemas up by it.
import { createHash } from "node:crypto";
import { isExact, isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own } from "#lib/own.ts";

/** Whole numbers digit by digit; others in the shortest form, with an exponent from 1e16 up and below 1e-4. */
function pythonNumber(text: string): string {
  if (!/[.eE]/.test(text)) return text === "-0" ? "0" : text;
  const value = Number(text);
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  const size = Math.abs(value);
  if (size >= 1e16 || (size > 0 && size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  const shown = Object.is(value, -0) ? "-0" : String(value);
  return shown.includes(".") ? shown : `${shown}.0`;
}

/** `fields` as `parseJson` reads them, with their digits: `3.0` is not `3` in a checksum. */
export function schemaChecksum(fields: JsonObject): string {
  const kept = withoutSecretFields(fields) as JsonObject; // an object stays one
  const definitions = kept["definitions"];
  if (isObject(definitions)) keepReachable(kept, definitions);
  // The arguments of the call that hashed them, positional and named.
  const text = `[[${print(kept)}], {}]`;
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** Which fields are secret is no part of a schema's identity. Lists are not looked into, as in the original. */
function withoutSecretFields(value: Json): Json {
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.filter(([key]) => key !== "secret_fields").map(([key, inner]) => [key, withoutSecretFields(inner)]),
  );
}

/** Definitions of nested blocks have schemas of their own and do not count. */
function keepReachable(fields: JsonObject, definitions: JsonObject): void {
  const reached = new Map<string, Json>();
  const visit = (value: Json): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isObject(value)) return;
    const name = typeof value["$ref"] === "string" ? (value["$ref"].split("/").at(-1) ?? "") : "";
    const definition = own(definitions, name);
    if (isObject(definition) && !reached.has(name) && !Object.hasOwn(definition, "block_type_slug")) {
      reached.set(name, definition);
      visit(definition);
    }
    for (const inner of Object.values(value)) visit(inner);
  };
  const { definitions: _, ...rest } = fields;
  visit(rest);
  if (reached.size > 0) fields["definitions"] = Object.fromEntries(reached);
  else delete fields["definitions"];
}

/** JSON as Python prints it: keys by code point, a space after `,` and `:`, everything else ASCII. */
function print(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(print).join(", ")}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).toSorted(([a], [b]) => byCodePoint(a, b));
    return `{${entries.map(([key, inner]) => `${ascii(JSON.stringify(key))}: ${print(inner)}`).join(", ")}}`;
  }
  if (typeof value === "number") return pythonNumber(String(value));
  if (isExact(value)) return pythonNumber(value.rawJSON);
  return ascii(JSON.stringify(value));
}

const HALVES = /[\ud800-\udfff]/;

/** The order of UTF-8 bytes is that of code points; JavaScript's own is not, beyond U+FFFF. */
function byCodePoint(a: string, b: string): number {
  if (!HALVES.test(a) && !HALVES.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function ascii(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
