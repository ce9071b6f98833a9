// JSON as Python prints it: what messages of the old server show of parameters.
import { isExact, type Json } from "../json.ts";

/** @example pythonRepr({ name: "Marvin", loud: true }) // "{'name': 'Marvin', 'loud': True}" */
export function pythonRepr(value: Json): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (isExact(value)) return value.rawJSON;
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${quoted(key)}: ${pythonRepr(inner)}`)
    .join(", ")}}`;
}

const ESCAPES: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Python takes double quotes only for text that holds single ones and no double ones. */
export function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? "");
  return `${mark}${mark === "'" ? body.replaceAll("'", "\\'") : body}${mark}`;
}
