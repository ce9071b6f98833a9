// Says what is wrong with the size of a value: what its schema says of lengths, numbers of items, and least and most.
import { isExact, type Json, type JsonObject } from "#lib/json.ts";

/** The rest of a sentence that begins with the field's name; undefined where nothing is wrong. */
export function boundsFault(value: Json, schema: JsonObject): string | undefined {
  if (typeof value === "string")
    return sizeFault([...value].length, schema, "Length", "letters") ?? patternFault(value, schema);
  if (Array.isArray(value)) return sizeFault(value.length, schema, "Items", "items");
  if (typeof value === "number" || isExact(value))
    return numberFault(isExact(value) ? Number(value.rawJSON) : value, schema);
  return undefined;
}

function sizeFault(size: number, schema: JsonObject, of: "Length" | "Items", unit: string): string | undefined {
  const { [`min${of}`]: least, [`max${of}`]: most } = schema;
  if (typeof least === "number" && size < least)
    return least === 1 ? "must not be empty" : `must have at least ${least} ${unit}`;
  return typeof most === "number" && size > most ? `must have at most ${most} ${unit}` : undefined;
}

function numberFault(value: number, schema: JsonObject): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (typeof minimum === "number" && value < minimum) return `must be at least ${minimum}`;
  if (typeof maximum === "number" && value > maximum) return `must be at most ${maximum}`;
  if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum) return `must be more than ${exclusiveMinimum}`;
  return typeof exclusiveMaximum === "number" && value >= exclusiveMaximum
    ? `must be less than ${exclusiveMaximum}`
    : undefined;
}

/** A pattern that is no regular expression here says nothing. */
function patternFault(text: string, { pattern }: JsonObject): string | undefined {
  if (typeof pattern !== "string") return undefined;
  try {
    return new RegExp(pattern).test(text) ? undefined : `must look like /${pattern}/`;
  } catch {
    return undefined;
  }
}
