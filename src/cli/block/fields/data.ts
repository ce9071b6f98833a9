// Makes the data of a block of the fields that were given, each read by the schema of its type.
import { branchesOf } from "#domain/parameters/json-schema.ts";
import { OrchError } from "#lib/errors.ts";
import { copyJson, isObject, type Json, type JsonObject, objectOf, tryParseJson } from "#lib/json.ts";
import { own, setOwn } from "#lib/own.ts";
import { type GivenField, isSecretPath } from "./given.ts";
import { fieldAt, put, stepsOf } from "./paths.ts";
import { looseValue, readText } from "./read-text.ts";
import { type BlockField, type BlockFields, isTextMapping } from "./schema.ts";

export interface FieldData {
  data: JsonObject;
  /** Fields that hold another block, with its name as it was given. */
  blocks: ReadonlyMap<BlockField, string>;
}

/** How the API shows a secret: sent back, it would stand for another one. */
const HIDDEN = /^\*{8}$/;

/** Throws `invalid`, naming the field. No sentence holds a value. */
export function fieldData(fields: BlockFields, given: readonly GivenField[]): FieldData {
  const data: JsonObject = {};
  const blocks = new Map<BlockField, string>();
  const located = given.map((one) => ({ ...one, ...fieldAt(fields, one.path) }));
  // Whole fields first: `settings.key=…` adds to `settings={…}`, in whichever order they came.
  const isPart = ({ rest }: { rest: string | undefined }) => rest !== undefined;
  for (const one of [...located.filter((field) => !isPart(field)), ...located.filter(isPart)]) {
    const { field, path } = one;
    if (isSecretPath(fields, path)) requireSecret(path, one.text);
    const block = one.rest === undefined && field.blockTypes.length > 0 ? blockIn(one.text.trim()) : undefined;
    if (block !== undefined) {
      if (blocks.has(field)) throw new OrchError("invalid", `The field '${path}' is given twice: give it once.`);
      blocks.set(field, block);
    } else if (one.rest === undefined) putWhole(data, one, field, fields);
    else if (blocks.has(field)) {
      throw new OrchError(
        "invalid",
        `'${path}' cannot be set: '${field.name}' names a block, which has its own fields.`,
      );
    } else putPart(data, one, fields);
  }
  return { data, blocks };
}

/** The words for another block, or the id in a reference as the API has them; undefined for a block that is written out. */
function blockIn(text: string): string | undefined {
  if (!text.startsWith("{")) return text;
  const { $ref } = objectOf(tryParseJson(text));
  const id = objectOf($ref)["block_document_id"];
  return typeof id === "string" ? id : undefined;
}

/** Lists and pairs may be given piece by piece; anything else once. */
function putWhole(data: JsonObject, given: GivenField, field: BlockField, { definitions }: BlockFields): void {
  const value = readText(given, field.schema, { where: field.name, definitions });
  const before = own(data, field.name);
  const arePairs = branchesOf(field.schema, definitions).some(isTextMapping);
  if (Array.isArray(before) && Array.isArray(value)) {
    setOwn<Json>(data, field.name, [...before, ...value]);
  } else if (arePairs && isObject(before) && isObject(value)) {
    const pairs = before as JsonObject; // JSON holds JSON
    for (const [name, text] of Object.entries(value)) put(pairs, `${field.name}.${name}`, [name], text as Json); // as above
  } else {
    put(data, given.path, [field.name], value);
  }
}

function putPart(data: JsonObject, given: GivenField, fields: BlockFields): void {
  const place = fieldAt(fields, given.path);
  const { steps, schema } = stepsOf(place, fields.definitions);
  const isKnown = Object.keys(schema).length > 0;
  const value = isKnown
    ? readText(given, schema, { where: given.path, definitions: fields.definitions })
    : looseValue({ ...given, isPiped: given.isPiped || isSecretPath(fields, given.path) });
  put(data, given.path, [place.field.name, ...steps], value);
}

function requireSecret(path: string, text: string): void {
  if (text === "") throw new OrchError("invalid", `'${path}' is a secret and was given as nothing.`);
  if (HIDDEN.test(text)) {
    throw new OrchError("invalid", `'${path}' is eight asterisks, as a secret is shown: give the secret itself.`);
  }
}

/** Required fields that are not there yet. */
export function missingFields(fields: BlockFields, { data, blocks }: FieldData): BlockField[] {
  return fields.all.filter((field) => field.isRequired && !Object.hasOwn(data, field.name) && !blocks.has(field));
}

/** The data with the defaults of what was not given: what `block inspect` shows is all that counts. */
export function withDefaults({ all }: BlockFields, data: JsonObject): JsonObject {
  const whole: JsonObject = {};
  for (const { name, usual } of all) {
    const value = own(data, name) ?? (Object.hasOwn(data, name) ? null : usual);
    if (value !== undefined) setOwn(whole, name, copyJson(value));
  }
  return whole;
}

/** Secrets that came with the command line, by their paths. */
export function secretsInWords(fields: BlockFields, given: readonly GivenField[]): string[] {
  return given.filter(({ path, isPiped }) => !isPiped && isSecretPath(fields, path)).map(({ path }) => path);
}
