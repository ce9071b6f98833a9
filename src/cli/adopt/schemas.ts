// Block schemas as clients read them. Prefect's database keeps the blocks within a block in a table of their own, orch and Prefect's
// API within the fields.
import { type JsonObject, objectOf, parseJson } from "#lib/json.ts";
import type { SourceRow } from "./source.ts";

export interface SchemaRows {
  schemas: readonly SourceRow[];
  /** `block_schema_reference`. */
  references: readonly SourceRow[];
  /** The slug of each block type, by its id. */
  slugs: ReadonlyMap<string, string>;
}

/** Gives the whole fields of a schema: with `block_schema_references`, and the definitions of the blocks within. */
export function schemaFields({ schemas, references, slugs }: SchemaRows): (schema: SourceRow) => JsonObject {
  const byId = new Map(schemas.map((schema) => [schema["id"], schema]));
  const within = Map.groupBy(references, (reference) => reference["parent_block_schema_id"]);

  function childrenOf(schema: SourceRow): { name: string; child: SourceRow }[] {
    const all = (within.get(schema["id"] ?? null) ?? []).flatMap(({ name, reference_block_schema_id }) => {
      const child = byId.get(reference_block_schema_id ?? null);
      return child ? [{ name: String(name), child }] : [];
    });
    return all.toSorted((a, b) => (String(a.child["created"]) < String(b.child["created"]) ? -1 : 1));
  }

  function whole(schema: SourceRow): JsonObject {
    const own = parseJson(String(schema["fields"])) as JsonObject; // each schema is an object
    const named: JsonObject = {};
    let definitions: JsonObject = {};
    for (const { name, child } of childrenOf(schema)) {
      const reference: JsonObject = {
        block_schema_checksum: String(child["checksum"]),
        block_type_slug: slugs.get(String(child["block_type_id"])) ?? "",
      };
      const known = Object.hasOwn(named, name) ? named[name] : undefined;
      named[name] = known === undefined ? reference : [...(Array.isArray(known) ? known : [known]), reference];
      const { definitions: inner, ...fields } = whole(child);
      const title = fields["title"];
      if (typeof title === "string") definitions = { ...definitions, [title]: fields, ...objectOf(inner) };
    }
    const all = { ...objectOf(own["definitions"]), ...definitions };
    const fields = { ...own, block_schema_references: { ...objectOf(own["block_schema_references"]), ...named } };
    return Object.keys(all).length > 0 ? { ...fields, definitions: all } : fields;
  }

  return whole;
}
