// Reads the fields of a block type out of its JSON schema: their kinds, what is required, what is secret.
import { fieldNote } from "#blocks/field-notes.ts";
import { branchesOf, textsOf } from "#domain/parameters/json-schema.ts";
import { isObject, type Json, type JsonObject, objectOf, textOfJson } from "#lib/json.ts";

export interface BlockField {
  name: string;
  schema: JsonObject;
  /** In words: `text`, `whole number`, `list of texts`, `block`. */
  kind: string;
  choices: readonly string[];
  isRequired: boolean;
  /** What it is when it is not given; undefined for nothing. */
  usual: Json | undefined;
  isSecret: boolean;
  /** One sentence, or `""`. */
  description: string;
  /** The types of the blocks that it may hold; none for other kinds of values. */
  blockTypes: readonly string[];
}

export interface BlockFields {
  /** Of the type. */
  slug: string;
  all: readonly BlockField[];
  /** What `$ref`s in the schemas stand for. */
  definitions: JsonObject;
  /** True for a value that is shown as asterisks, and for a mapping that holds one. */
  isSecret(path: readonly string[]): boolean;
}

/** `fields` is the schema of the type, as the server has it. */
export function blockFieldsOf(slug: string, fields: JsonObject): BlockFields {
  const definitions = { ...objectOf(fields["$defs"]), ...objectOf(fields["definitions"]) };
  const required = new Set(textsOf(fields["required"]));
  const references = objectOf(fields["block_schema_references"]);
  const secrets = textsOf(fields["secret_fields"]).map((path) => path.split("."));
  const all = Object.entries(objectOf(fields["properties"])).map(([name, property]): BlockField => {
    const schema = objectOf(property);
    const branches = branchesOf(schema, definitions);
    const blockTypes = Object.hasOwn(references, name) ? slugsOf(references[name] ?? null) : [];
    const kinds = branches.map((branch) => kindOf(branch)).filter((kind) => kind !== "null");
    return {
      ...{ name, schema, blockTypes, choices: branches.flatMap(choicesOf) },
      kind: blockTypes.length > 0 ? "block" : [...new Set(kinds)].join(" or ") || "any JSON",
      isRequired: required.has(name),
      usual: schema["default"] ?? undefined,
      isSecret: secrets.some(([first, second = "*"]) => first === name && second === "*"),
      description: firstLine(schema["description"]) ?? fieldNote(slug, name) ?? "",
    };
  });
  return { slug, all, definitions, isSecret: (path) => secrets.some((secret) => overlap(secret, path)) };
}

/** True for a field with one possible value, which it has by itself: `type`. */
export function isFixed({ choices, usual }: BlockField): boolean {
  return choices.length === 1 && usual !== undefined;
}

/** True for a mapping without declared fields: it accepts any name. */
export function isOpenMapping(schema: JsonObject): boolean {
  return schema["type"] === "object" && Object.keys(objectOf(schema["properties"])).length === 0;
}

/** True for a mapping whose values are all text: `env`, `labels`. */
export function isTextMapping(schema: JsonObject): boolean {
  return isOpenMapping(schema) && objectOf(schema["additionalProperties"])["type"] === "string";
}

function slugsOf(reference: Json): string[] {
  return [reference].flat().flatMap((one) => textsOf([objectOf(one)["block_type_slug"] ?? null]));
}

function overlap(secret: readonly string[], path: readonly string[]): boolean {
  const length = Math.min(secret.length, path.length);
  for (let at = 0; at < length; at += 1) {
    if (secret[at] === "*") return true;
    if (secret[at] !== path[at]) return false;
  }
  return true;
}

/** The values that a branch names one by one, as they are typed. */
export function choicesOf({ enum: choices, const: constant }: JsonObject): string[] {
  if (constant !== undefined) return [textOfJson(constant)];
  return Array.isArray(choices) ? choices.filter((choice) => choice !== null).map(textOfJson) : [];
}

const KINDS: Readonly<Record<string, string>> = {
  null: "null",
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
};

/** In words; `null` for nothing. */
export function kindOf(branch: JsonObject): string {
  const type = String(branch["type"]);
  if (choicesOf(branch).length > 0) return "choice";
  if (branch["format"] === "date-time") return "moment";
  if (type === "array") return objectOf(branch["items"])["type"] === "string" ? "list of texts" : "list";
  if (type === "object" || isObject(branch["properties"])) return isTextMapping(branch) ? "pairs" : "mapping";
  return Object.hasOwn(KINDS, type) ? (KINDS[type] ?? "") : "any JSON";
}

function firstLine(text: Json | undefined): string | undefined {
  return typeof text === "string" ? /\S.*/.exec(text)?.[0].trim() : undefined;
}
