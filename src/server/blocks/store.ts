// Block types and schemas in the database.

import type { BlockTypeDefinition } from "#blocks/block-type.ts";
import { readJson, writeBool, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { insertRow } from "#db/rows.ts";
import { ALWAYS, inList } from "#db/sql.ts";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import type { BlockSchema, BlockType, BlockTypeCreate, BlockTypeUpdate } from "#wire/blocks.ts";
import type { BlockSchemaFilter, BlockTypeFilter } from "#wire/filters.ts";
import { PREFECT_VERSION } from "#wire/version.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";
import { schemaChecksum } from "./checksum.ts";
import { blockSchemasWhere, blockTypesWhere } from "./where.ts";

const TYPE_COLUMNS = `id, created, updated, name, slug, logo_url, documentation_url, description, code_example,
  is_protected`;
const SCHEMA_COLUMNS = "id, created, updated, checksum, fields, block_type_id, capabilities, version";

const REGISTERED = "block-types-registered";

type TypeRow = Omit<BlockType, "is_protected"> & { is_protected: number };
type SchemaRow = Omit<BlockSchema, "fields" | "capabilities" | "block_type"> & { fields: string; capabilities: string };

function typeOf(row: TypeRow): BlockType {
  return { ...row, is_protected: row.is_protected === 1 };
}

function schemaOf(q: Reader, row: SchemaRow): BlockSchema {
  return {
    ...row,
    // Schemas of a hand's own making may lack it; the old server always answers it.
    fields: { block_schema_references: {}, ...readJson<JsonObject>(row.fields) },
    capabilities: readJson<string[]>(row.capabilities),
    block_type: readBlockType(q, row.block_type_id) ?? null,
  };
}

export function readBlockType(q: Reader, id: string): BlockType | undefined {
  const row = q.get<TypeRow>(`select ${TYPE_COLUMNS} from block_type where id = ?`, id);
  return row && typeOf(row);
}

export function readBlockTypeBySlug(q: Reader, slug: string): BlockType | undefined {
  const row = q.get<TypeRow>(`select ${TYPE_COLUMNS} from block_type where slug = ?`, slug);
  return row && typeOf(row);
}

/** By name. With a schema filter, those that have a schema which meets it. */
export function listBlockTypes(
  q: Reader,
  filters: { block_types: BlockTypeFilter | null; block_schemas: BlockSchemaFilter | null },
  { limit, offset }: Page,
): BlockType[] {
  const where = blockTypesWhere(filters);
  const sql = `select ${TYPE_COLUMNS} from block_type where ${where.sql} order by name limit ? offset ?`;
  const rows = q.each<TypeRow>(sql, ...where.params, limit, offset);
  return rowsOfPage(rows, ["name", "description", "code_example"]).map(typeOf);
}

export function readBlockSchema(q: Reader, id: string): BlockSchema | undefined {
  const row = q.get<SchemaRow>(`select ${SCHEMA_COLUMNS} from block_schema where id = ?`, id);
  return row && schemaOf(q, row);
}

/** The newest one, unless a version is named. */
export function readBlockSchemaByChecksum(
  q: Reader,
  checksum: string,
  version: string | null,
): BlockSchema | undefined {
  const ofVersion = version === null ? ALWAYS : inList("version", [version]);
  const sql = `select ${SCHEMA_COLUMNS} from block_schema where checksum = ? and ${ofVersion.sql} order by created desc, id desc limit 1`;
  const row = q.get<SchemaRow>(sql, checksum, ...ofVersion.params);
  return row && schemaOf(q, row);
}

/** Newest first. */
export function listBlockSchemas(q: Reader, filter: BlockSchemaFilter | null, { limit, offset }: Page): BlockSchema[] {
  const where = filter ? blockSchemasWhere(filter) : ALWAYS;
  const sql = `select ${SCHEMA_COLUMNS} from block_schema where ${where.sql} order by created desc, id desc limit ? offset ?`;
  const rows = q.each<SchemaRow>(sql, ...where.params, limit, offset);
  return rowsOfPage(rows, ["fields", "capabilities"]).map((row) => schemaOf(q, row));
}

/** Throws `conflict` for a slug that is taken. Text is stored escaped for HTML. */
export function insertBlockType(tx: Tx, now: string, given: BlockTypeCreate): BlockType | undefined {
  if (readBlockTypeBySlug(tx, given.slug)) {
    throw new OrchError("conflict", `Block type with name "${given.name}" already exists`);
  }
  const id = newId();
  const { name, slug, logo_url = null, documentation_url = null } = given;
  insertRow(tx, "block_type", {
    ...{ id, created: now, updated: now, name, slug, logo_url, documentation_url },
    ...{ description: escaped(given.description), code_example: escaped(given.code_example) },
  });
  return readBlockType(tx, id);
}

/** What changes nothing but the way HTML is written is no change. */
export function updateBlockType(tx: Tx, now: string, type: BlockType, update: BlockTypeUpdate): void {
  const after = TYPE_TEXTS.map((key) => (update[key] === undefined ? type[key] : update[key]));
  if (TYPE_TEXTS.every((key, index) => unescaped(after[index] ?? null) === unescaped(type[key]))) return;
  tx.run(
    `update block_type set ${TYPE_TEXTS.map((key) => `${key} = ?`).join(", ")}, updated = ? where id = ?`,
    ...[...after, now, type.id],
  );
}

export function deleteBlockType(tx: Tx, id: string): void {
  tx.run("delete from block_type where id = ?", id);
}

export function deleteBlockSchema(tx: Tx, id: string): void {
  tx.run("delete from block_schema where id = ?", id);
}

/** Everything that blocks can do, each once, by name. */
export function listCapabilities(q: Reader): string[] {
  const rows = q.all<{ capabilities: string }>("select distinct capabilities from block_schema");
  return [...new Set(rows.flatMap(({ capabilities }) => readJson<string[]>(capabilities)))].toSorted();
}

const TYPE_TEXTS = ["logo_url", "documentation_url", "description", "code_example"] as const;

function escaped(text: string | null | undefined): string | null {
  return text?.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;") ?? null;
}

function unescaped(text: string | null): string | null {
  return text?.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&") ?? null;
}

type NewRow = Pick<BlockSchema, "checksum" | "fields" | "block_type_id" | "capabilities" | "version">;

export function insertSchemaRow(tx: Tx, now: string, row: NewRow): void {
  tx.run(
    `insert into block_schema (id, created, updated, checksum, fields, block_type_id, capabilities, version)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (checksum, version) do nothing`,
    ...[newId(), now, now, row.checksum, writeJson(row.fields), row.block_type_id],
    ...[writeJson(row.capabilities), row.version],
  );
}

/** Makes the types and their schemas known. Schemas never change; a type takes on its new description. */
export function registerBlockTypes(tx: Tx, now: string, definitions: readonly BlockTypeDefinition[]): void {
  for (const { slug, name, description, is_protected, capabilities, fields } of definitions) {
    const complete = { ...fields, block_type_slug: slug };
    tx.run(
      `insert into block_type (id, created, updated, name, slug, description, is_protected) values (?, ?, ?, ?, ?, ?, ?)
       on conflict (slug) do update set name = excluded.name, description = excluded.description,
         is_protected = excluded.is_protected, updated = excluded.updated`,
      ...[newId(), now, now, name, slug, description, writeBool(is_protected)],
    );
    const type = readBlockTypeBySlug(tx, slug);
    if (!type) throw new OrchError("internal", `Block type '${slug}' was stored and is not there.`);
    insertSchemaRow(tx, now, {
      checksum: schemaChecksum(complete),
      fields: complete,
      block_type_id: type.id,
      capabilities: [...capabilities],
      version: PREFECT_VERSION,
    });
  }
}

/** The hash of the definitions that were registered last. */
export function readRegistered(q: Reader): string | undefined {
  const row = q.get<{ value: string }>("select value from configuration where key = ?", REGISTERED);
  return row && readJson<string>(row.value);
}

export function writeRegistered(tx: Tx, hash: string): void {
  tx.run(
    "insert into configuration (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
    ...[REGISTERED, writeJson(hash)],
  );
}
