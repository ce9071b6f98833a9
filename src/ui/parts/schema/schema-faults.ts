// Finds what a value breaks of its schema's rules, as sentences for the reader: lengths, patterns, limits, items, required fields.
// Types are not judged: the flow converts "5" to 5. Where a rule cannot be read, nothing is wrong.
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { fieldsOf, fitOf, isSame, joined, kindOf, resolved, type Schema, variantFor, variantsOf } from "./schema.ts";
import { compared, isMultiple, isNumber, type JsonNumber, textOfNumber } from "./schema-numbers.ts";
import { matches } from "./schema-pattern.ts";

/** What the server answers for a secret. */
export const HIDDEN = "********";

/** The names of fields and the places of items, from the outside in. */
type Path = readonly (string | number)[];

export interface Fault {
  path: Path;
  sentence: string;
  /** A required field is not there. */
  isMissing?: boolean;
}

/** A default is taken by the flow as it is: neither it nor what is within it is judged. */
export function isDefault(schema: Schema, value: Json | undefined): boolean {
  return value !== undefined && schema["default"] !== undefined && isSame(schema["default"], value);
}

/** The rule that the value itself breaks, whatever the values within it do. */
export function faultOf(schema: Schema, value: Json | undefined): string | undefined {
  if (value === undefined || value === null || value === HIDDEN || isDefault(schema, value)) return undefined;
  if (Array.isArray(schema["enum"])) return choiceFault(schema["enum"], value);
  if (isNumber(value)) return numberFault(schema, value);
  if (typeof value === "string") return textFault(schema, value);
  if (Array.isArray(value)) return listFault(schema, value);
  return isObject(value) ? objectFault(schema, value as JsonObject) : undefined; // a JSON value
}

/** The flow may convert a word to a choice that is written in the same way. */
function choiceFault(choices: readonly Json[], value: Json): string | undefined {
  const text = JSON.stringify(value).replaceAll('"', "");
  const isChoice = choices.some((choice) => JSON.stringify(choice).replaceAll('"', "") === text);
  if (isChoice) return undefined;
  const words = choices.map((choice) => JSON.stringify(choice)).join(", ");
  return words.length > MOST_SHOWN ? "It is none of the choices." : `One of ${words}.`;
}

function numberFault(schema: Schema, value: JsonNumber): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  // Of draft 4 they are switches of the other two.
  const above = exclusiveMinimum === true ? minimum : exclusiveMinimum;
  const below = exclusiveMaximum === true ? maximum : exclusiveMaximum;
  if (isNumber(above) && compared(value, above) <= 0) return `More than ${textOfNumber(above)}.`;
  if (isNumber(below) && compared(value, below) >= 0) return `Less than ${textOfNumber(below)}.`;
  if (isNumber(minimum) && compared(value, minimum) < 0) return `${textOfNumber(minimum)} or more.`;
  if (isNumber(maximum) && compared(value, maximum) > 0) return `${textOfNumber(maximum)} or less.`;
  if (isNumber(multipleOf) && !isMultiple(value, multipleOf)) return `A multiple of ${textOfNumber(multipleOf)}.`;
  return undefined;
}

function textFault({ minLength, maxLength, pattern }: Schema, value: string): string | undefined {
  const fault = sizeFault([...value].length, minLength, maxLength, "character");
  if (fault !== undefined || typeof pattern !== "string") return fault;
  return matches(pattern, value) === false ? `It does not match the pattern ${pattern}.` : undefined;
}

function listFault({ minItems, maxItems }: Schema, items: readonly Json[]): string | undefined {
  return sizeFault(items.length, minItems, maxItems, "item");
}

/** A hint, no fault: pydantic writes `uniqueItems` of a set, and makes one of any list. */
export function twiceIn({ uniqueItems }: Schema, items: readonly Json[]): string | undefined {
  if (uniqueItems !== true) return undefined;
  const seen = new Set<string>();
  for (const text of items.map((item) => JSON.stringify(item))) {
    if (seen.has(text)) return `Each item counts once: ${text.slice(0, MOST_SHOWN)} is there twice.`;
    seen.add(text);
  }
  return undefined;
}

function objectFault(schema: Schema, value: JsonObject): string | undefined {
  const { properties, patternProperties, additionalProperties, minProperties, maxProperties } = schema;
  const isKnown = (name: string) => isObject(properties) && Object.hasOwn(properties, name);
  const isClosed = additionalProperties === false && patternProperties === undefined;
  const unknown = isClosed ? Object.keys(value).find((name) => !isKnown(name)) : undefined;
  if (unknown !== undefined) return `There is no field '${unknown}'.`;
  return sizeFault(Object.keys(value).length, minProperties, maxProperties, "entry", "entries");
}

/** Letters of a user's value in a sentence. */
const MOST_SHOWN = 100;

function sizeFault(size: number, least: Json | undefined, most: Json | undefined, one: string, many = `${one}s`) {
  const words = (limit: JsonNumber) => `${textOfNumber(limit)} ${compared(limit, 1) === 0 ? one : many}`;
  if (isNumber(least) && compared(size, least) < 0) return `${words(least)} or more: this has ${size}.`;
  if (isNumber(most) && compared(size, most) > 0) return `${words(most)} or fewer: this has ${size}.`;
  return undefined;
}

/** How many values are looked at: unions of objects that hold each other have no end otherwise. */
const MOST_VALUES = 100_000;

interface Walk {
  root: Schema;
  left: number;
}

/** All that a value and the values within it break. `path` leads to it. */
export function faultsWithin(schema: Schema, value: Json | undefined, root: Schema, path: Path = []): Fault[] {
  return walked(resolved(schema, root), value, path, { root, left: MOST_VALUES });
}

/** Of the fields of a form. Those that are not there at its top are not told: its page does. */
export function faultsOfFields(schema: Schema, value: JsonObject): Fault[] {
  const walk = { root: schema, left: MOST_VALUES };
  return fieldsOf(schema, schema).flatMap((field) => walked(field.schema, own(value, field.name), [field.name], walk));
}

/** Of these fields what is required within an object and not there: `limits[0].tag`. */
export function missingWithin(schema: Schema, value: JsonObject): string[] {
  return faultsOfFields(schema, value).flatMap(({ path, isMissing }) => (isMissing ? [placeOf(path)] : []));
}

function walked(schema: Schema, value: Json | undefined, path: Path, walk: Walk): Fault[] {
  walk.left -= 1;
  // The last is a block that is named by its id.
  if (value === undefined || walk.left < 0 || (isObject(value) && Object.hasOwn(value, "$ref"))) return [];
  if (isDefault(schema, value)) return [];
  if (kindOf(schema) === "variants") return ofVariants(schema, value, path, walk);
  const sentence = faultOf(schema, value);
  const found = sentence === undefined ? [] : [{ path, sentence }];
  if (Array.isArray(value)) return [...found, ...ofItems(schema, value, path, walk)];
  return isObject(value) ? [...found, ...ofEntries(schema, value as JsonObject, path, walk)] : found; // a JSON value
}

/** It has to fit one of them: without a fault in any, or else what is wrong with the best. */
function ofVariants(schema: Schema, value: Json, path: Path, walk: Walk): Fault[] {
  const variants = variantsOf(schema, walk.root);
  const found = variants.map((variant) =>
    fitOf(value, variant, walk.root) < 0 ? undefined : walked(withRulesOf(schema, variant), value, path, walk),
  );
  if (found.some((faults) => faults?.length === 0)) return [];
  return found[variantFor(value, variants, walk.root)] ?? [];
}

/** The variant that a value fits best; of several that it fits as well the first whose rules it keeps. */
export function bestVariantFor(value: Json | undefined, variants: readonly Schema[], root: Schema): number {
  if (value === undefined) return 0;
  const fits = variants.map((variant) => fitOf(value, variant, root));
  const most = Math.max(...fits);
  const keeps = (at: number) => fits[at] === most && faultsWithin(variants[at] ?? {}, value, root).length === 0;
  const at = most < 0 ? -1 : fits.findIndex((_, place) => keeps(place));
  return at < 0 ? variantFor(value, variants, root) : at;
}

/** A variant with what the place itself says. */
export function withRulesOf({ anyOf: _, oneOf: __, discriminator: ___, ...here }: Schema, variant: Schema): Schema {
  return joined([variant, here]);
}

function ofItems(
  { items, prefixItems, additionalItems }: Schema,
  value: readonly Json[],
  path: Path,
  walk: Walk,
): Fault[] {
  const schemaOf = (given: unknown) => (isObject(given) ? resolved(given as Schema, walk.root) : undefined); // schemas hold schemas
  const places = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : [];
  const each = places.map(schemaOf);
  const others = schemaOf(Array.isArray(items) ? additionalItems : items);
  if (each.length === 0 && !others) return [];
  return value.flatMap((item, at) => {
    const schema = at < each.length ? each[at] : others;
    return schema ? walked(schema, item, [...path, at], walk) : [];
  });
}

function ofEntries(schema: Schema, value: JsonObject, path: Path, walk: Walk): Fault[] {
  const fields = fieldsOf(schema, walk.root);
  const names = new Set(fields.map(({ name }) => name));
  const missing = fields
    .filter(({ name, isRequired }) => isRequired && !Object.hasOwn(value, name))
    .map(({ name }) => ({ path: [...path, name], sentence: "It is required.", isMissing: true }));
  const known = fields.flatMap(({ name, schema: field }) => walked(field, own(value, name), [...path, name], walk));
  const { patternProperties, additionalProperties } = schema;
  const byPattern = Object.entries(isObject(patternProperties) ? patternProperties : {});
  if (byPattern.length === 0 && !isObject(additionalProperties)) return [...missing, ...known];
  const others = Object.entries(value).flatMap(([name, item]) => {
    if (names.has(name)) return [];
    const matched = byPattern.map(([pattern]) => matches(pattern, name));
    const isUnknown = !matched.includes(true) && matched.includes(undefined);
    const given = isUnknown ? undefined : (byPattern[matched.indexOf(true)]?.[1] ?? additionalProperties);
    return isObject(given) ? walked(resolved(given as Schema, walk.root), item, [...path, name], walk) : []; // as above
  });
  return [...missing, ...known, ...others];
}

/** `limits[0].tag: It is required.` */
export function textOfFault({ path, sentence }: Fault): string {
  const place = placeOf(path);
  return place === "" ? sentence : `${place}: ${sentence}`;
}

export function placeOf(path: Path): string {
  return path.map((part, at) => (typeof part === "number" ? `[${part}]` : at === 0 ? part : `.${part}`)).join("");
}
