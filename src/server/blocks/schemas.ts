// A new block schema with those of the blocks in it: each is looked up by its checksum, and stored if it is not there.
import type { Tx } from "#db/connect.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, objectOf } from "#lib/json.ts";
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
  insertSchemaRow(tx, now, { ...given, checksum, fields: given.fields });
  for (const slug of slugsWithin(given.fields)) createNested(tx, now, given.fields, slug);
  const schema = readBlockSchemaByChecksum(tx, checksum, given.version);
  if (!schema) throw new OrchError("internal", `The schema '${checksum}' was stored and is not there.`);
  return { schema, created: true };
}

/** The types of the blocks in it: each field has one, or a list of those it may hold. */
function slugsWithin(fields: JsonObject): string[] {
  const references = fields["block_schema_references"];
  if (!isObject(references)) return [];
  return Object.values(references)
    .flat()
    .flatMap((reference) => {
      const slug = isObject(reference) ? reference["block_type_slug"] : undefined;
      return typeof slug === "string" ? [slug] : [];
    });
}

function createNested(tx: Tx, now: string, outer: JsonObject, slug: string): void {
  const type = readBlockTypeBySlug(tx, slug);
  if (!type) {
    const sentence = `Cannot create block schema because block type '${slug}' was not found.Did you forget to register the block type?`;
    throw new OrchError("conflict", sentence);
  }
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
