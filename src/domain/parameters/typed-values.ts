// Decides what a person meant by a value that was typed in a command or a file: text stays the text that was typed where
// the parameter's type is text, and is a number, true or null only where the type has those.
import { isExact, isObject, type Json, type JsonObject, objectOf } from "#lib/json.ts";
import { coerce } from "./coercion.ts";
import { branchesOf, itemSchema, keySchema } from "./json-schema.ts";
import { COST } from "./scalar-coercion.ts";

/** A word as it was typed, and what JSON or YAML takes it for. */
export class TypedWord {
  readonly text: string;
  readonly value: Json;

  constructor(text: string, value: Json) {
    this.text = text;
    this.value = value;
  }
}

/** JSON with typed words in it. */
export type Typed = TypedWord | Json | Typed[] | { [key: string]: Typed };

/**
 * The value that was meant, by the schema of its parameter. Of a type that has text and something else, a word is the
 * other where that is written exactly so: for `string | number`, `5` is a number and `1.10` is text.
 *
 * @example meant(new TypedWord("1.10", 1.1), { type: "string" }, {}) // "1.10"
 */
export function meant(given: Typed, schema: JsonObject, definitions: JsonObject): Json {
  const branches = branchesOf(schema, definitions);
  if (given instanceof TypedWord) return wordMeant(given, branches, definitions);
  if (Array.isArray(given)) return given.map((item, index) => meant(item, itemSchema(branches, index), definitions));
  if (!isObject(given)) return given;
  const entries = Object.entries(given as Record<string, Typed>); // as its type says
  return Object.fromEntries(entries.map(([key, item]) => [key, meant(item, keySchema(branches, key), definitions)]));
}

function wordMeant({ text, value }: TypedWord, branches: readonly JsonObject[], definitions: JsonObject): Json {
  if (!branches.some(takesText)) return value;
  if (branches.some((branch) => choicesOf(branch).includes(text))) return text;
  const others = branches.filter((branch) => !takesText(branch) || choicesOf(branch).length > 0);
  const isWrittenSo = (isExact(value) ? value.rawJSON : String(value)) === text;
  const fit = others.length > 0 ? coerce(value, { anyOf: [...others] }, definitions) : undefined;
  const isOther = fit !== undefined && "value" in fit && fit.cost < COST.converted;
  return isOther && (isWrittenSo || value === null) ? value : text;
}

/** True for a type whose values may be text: also dates and the like, which are typed as text. */
export function takesText(schema: JsonObject): boolean {
  return schema["type"] === "string" || choicesOf(schema).some((choice) => typeof choice === "string");
}

function choicesOf({ enum: choices, const: constant }: JsonObject): readonly Json[] {
  if (constant !== undefined) return [constant];
  return Array.isArray(choices) ? choices : [];
}

/** The schema of one parameter, and what its references point into. Without one, anything. */
export function parameterSchema(
  schema: JsonObject | null,
  name: string,
): { schema: JsonObject; definitions: JsonObject } {
  const { properties, definitions } = schema ?? {};
  const own = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return { schema: objectOf(own), definitions: objectOf(definitions) };
}
