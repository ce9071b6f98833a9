// Finds the field that a path such as `settings.key` leads to, and where its value is put.
import { branchesOf, keySchema } from "#domain/parameters/json-schema.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, objectOf } from "#lib/json.ts";
import { own, setOwn } from "#lib/own.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import { type BlockField, type BlockFields, isFixed, isTextMapping, kindOf } from "./schema.ts";

export interface FieldPath {
  field: BlockField;
  /** What follows the field's name and a dot; undefined for the field itself. */
  rest: string | undefined;
}

/** Throws `invalid` for a field that the type does not have, with the nearest that it has. */
export function fieldAt({ slug, all }: BlockFields, path: string): FieldPath {
  const whole = all.find(({ name }) => name === path);
  if (whole) return { field: whole, rest: undefined };
  const [first = "", ...rest] = path.split(".");
  const field = all.find(({ name }) => name === first);
  if (field && rest.every((step) => step !== "") && rest.length > 0) return { field, rest: rest.join(".") };
  const names = all.filter((one) => !isFixed(one)).map(({ name }) => name);
  const known = names.length > 0 ? ` Its fields: ${names.join(", ")}.` : " It has no fields.";
  const hint = didYouMean(first, names);
  throw new OrchError("invalid", `A block of type ${slug} has no field '${path}'.${hint}${known}`);
}

/** The names below the field, and the schema of what the last one holds. Throws `invalid` for a path that leads nowhere. */
export function stepsOf(
  { field, rest = "" }: FieldPath,
  definitions: JsonObject,
): { steps: string[]; schema: JsonObject } {
  let schema = field.schema;
  let where = field.name;
  const steps = branchesOf(schema, definitions).some(isTextMapping) ? [rest] : rest.split(".");
  for (const step of steps) {
    const branches = branchesOf(schema, definitions);
    requireHolder(branches, where);
    requireKnown(branches, where, step);
    schema = keySchema(branches, step);
    where = `${where}.${step}`;
  }
  return { steps, schema };
}

function requireHolder(branches: readonly JsonObject[], where: string): void {
  if (branches.some((branch) => ["mapping", "pairs", "any JSON"].includes(kindOf(branch)))) return;
  const kind = [...new Set(branches.map(kindOf))].join(" or ");
  throw new OrchError("invalid", `'${where}' has no parts: it is ${kind === "list" ? "a list" : kind}.`);
}

/** Where a mapping names its own fields, others are slips. */
function requireKnown(branches: readonly JsonObject[], where: string, step: string): void {
  const isOpen = branches.some((branch) => {
    const names = Object.keys(objectOf(branch["properties"]));
    return names.length === 0 || branch["additionalProperties"] === true || isObject(branch["additionalProperties"]);
  });
  const known = branches.flatMap((branch) => Object.keys(objectOf(branch["properties"])));
  if (isOpen || known.includes(step)) return;
  throw new OrchError("invalid", `'${where}' has no '${step}'.${didYouMean(step, known)} It has: ${known.join(", ")}.`);
}

/** Puts a value into what a field holds. Throws `invalid` where something else is there already. */
export function put(data: JsonObject, path: string, [first = "", ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) {
    if (Object.hasOwn(data, first)) throw new OrchError("invalid", `The field '${path}' is given twice: give it once.`);
    setOwn<Json>(data, first, value);
    return;
  }
  const there = own(data, first);
  if (there !== undefined && !isObject(there)) {
    throw new OrchError("invalid", `The field '${path}' is given twice: a part of it is something else.`);
  }
  const holder: JsonObject = isObject(there) ? (there as JsonObject) : {}; // JSON holds JSON
  setOwn<Json>(data, first, holder);
  put(holder, path, rest, value);
}
