// Block types and schemas in the database.

import type { BlockTypeDefinition } from "#blocks/block-type.ts";
import { readJson, writeBool, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { ALWAYS, inList } from "#db/sql.ts";
import { newId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import { PREFECT_VERSION } from "#wire/admin.ts";
import type { BlockSchema, BlockType } from "#wire/blocks.ts";
import type { BlockSchemaFilter, BlockTypeFilter } from "#wire/filters.ts";
import type { Page } from "../paging.ts";
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
    fields: readJson<JsonObject>(row.fields),
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
  return q.all<TypeRow>(sql, ...where.params, limit, offset).map(typeOf);
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
  return q.all<SchemaRow>(sql, ...where.params, limit, offset).map((row) => schemaOf(q, row));
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
    tx.run(
      `insert into block_schema (id, created, updated, checksum, fields, block_type_id, capabilities, version)
       select ?, ?, ?, ?, ?, id, ?, ? from block_type where slug = ?
       on conflict (checksum, version) do nothing`,
      ...[newId(), now, now, schemaChecksum(complete), writeJson(complete)],
      ...[writeJson(capabilities), PREFECT_VERSION, slug],
    );
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

/** A database in memory goes with its process, and so may the key of its blocks. */
export function isInMemory(q: Reader): boolean {
  return q.get<{ file: string }>("select file from pragma_database_list where name = 'main'")?.file === "";
}
