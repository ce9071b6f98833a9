// A new block schema with those of the blocks in it: each is looked up by its checksum, and stored if it is not there.
import type { Tx } from "#db/connect.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, objectOf } from "#lib/json.ts";
import { setOwn } from "#lib/own.ts";
import type { BlockSchema, BlockSchemaCreate } from "#wire/blocks.ts";
import { schemaChecksum } from "./checksum.ts";
import { insertSchemaRow, readBlockSchemaByChecksum, readBlockType, readBlockTypeBySlug } from "./store.ts";

/** Throws `not_found` for an unknown type, `conflict` for one of a block in it. */
export function createSchema(tx: Tx, now: string, given: BlockSchemaCreate): { schema: BlockSchema; created: boolean } {
  const type = readBlockType(tx, given.block_type_id);
  if (!type) throw new OrchError("not_found", `Block type ${given.block_type_id} not found.`);
  const checksum = schemaChecksum(given.fields);
  const known = readBlockSchemaByChecksum(tx, checksum, given.version);
  if (known) return { schema: known, created: false };
  const references = referencesWithin(given.fields);
  insertSchemaRow(tx, now, { ...given, checksum, fields: withStoredDefinitions(tx, given.fields, references) });
  for (const reference of references) createNested(tx, now, given.fields, reference);
  const schema = readBlockSchemaByChecksum(tx, checksum, given.version);
  if (!schema) throw new OrchError("internal", `The schema '${checksum}' was stored and is not there.`);
  return { schema, created: true };
}

interface Reference {
  slug: string;
  /** Of the schema that it means, where the client names one. */
  checksum: string | undefined;
}

/** The blocks in it: each field has one, or a list of those it may hold. */
function referencesWithin(fields: JsonObject): Reference[] {
  const references = fields["block_schema_references"];
  if (!isObject(references)) return [];
  return Object.values(references)
    .flat()
    .flatMap((reference) => {
      if (!isObject(reference)) return [];
      const { block_type_slug: slug, block_schema_checksum: checksum } = reference;
      if (typeof slug !== "string") return [];
      return [{ slug, checksum: typeof checksum === "string" ? checksum : undefined }];
    });
}

function storedSchema(tx: Tx, { checksum }: Reference): BlockSchema | undefined {
  return checksum === undefined ? undefined : readBlockSchemaByChecksum(tx, checksum, null);
}

/** Adds the definition of each block in it that the client left out because its schema is stored already. */
function withStoredDefinitions(tx: Tx, fields: JsonObject, references: readonly Reference[]): JsonObject {
  const added: JsonObject = {};
  for (const reference of references) {
    if (definitionOf(fields, reference.slug)) continue;
    const stored = storedSchema(tx, reference);
    if (!stored) continue;
    const { definitions, ...own } = stored.fields;
    for (const [name, value] of isObject(definitions) ? Object.entries(definitions) : []) setOwn(added, name, value);
    const name = typeof own["title"] === "string" ? own["title"] : reference.slug;
    setOwn(added, name, own);
  }
  if (Object.keys(added).length === 0) return fields;
  const given = fields["definitions"];
  return { ...fields, definitions: { ...added, ...(isObject(given) ? (given as JsonObject) : {}) } }; // JSON holds JSON
}

function createNested(tx: Tx, now: string, outer: JsonObject, reference: Reference): void {
  const { slug } = reference;
  const type = readBlockTypeBySlug(tx, slug);
  if (!type) {
    const sentence = `Cannot create block schema because block type '${slug}' was not found.Did you forget to register the block type?`;
    throw new OrchError("conflict", sentence);
  }
  if (storedSchema(tx, reference)) return;
  const fields = definitionOf(outer, slug);
  if (!fields) {
    const sentence = `Unable to create nested block schema for block type '${type.name}' due to missing definition.`;
    throw new OrchError("invalid", sentence);
  }
  if (readBlockSchemaByChecksum(tx, schemaChecksum(fields), null)) return;
  createSchema(tx, now, { fields, block_type_id: type.id, capabilities: [], version: "non-versioned" });
}

function definitionOf({ definitions }: JsonObject, slug: string): JsonObject | undefined {
  const all = objectOf(definitions);
  const isMeant = (value: Json): boolean => isObject(value) && value["block_type_slug"] === slug;
  const found = Object.values(all).find(isMeant) as JsonObject | undefined; // just seen to be an object
  if (!found) return undefined;
  const own = definitionsWithin(found, all);
  return { ...found, ...(Object.keys(own).length > 0 ? { definitions: own } : {}) };
}

const REFERENCE = /"#\/definitions\/((?:[^"\\]|\\.)*)"/g;

/** Those that it refers to, and those that they refer to. */
function definitionsWithin(fields: JsonObject, all: JsonObject): JsonObject {
  const names = new Set<string>();
  const wanted: Json[] = [fields];
  for (const value of wanted) {
    for (const [, written = ""] of JSON.stringify(value).matchAll(REFERENCE)) {
      const name = String(JSON.parse(`"${written}"`));
      const found = names.has(name) ? undefined : all[name];
      if (found === undefined) continue;
      names.add(name);
      wanted.push(found);
    }
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
}
