// Block types and schemas in the database.

import type { BlockTypeDefinition } from "#blocks/block-type.ts";
import { readJson, writeBool, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { ALWAYS, all, contains, holdsAll, inList } from "#db/sql.ts";
import { newId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import { PREFECT_VERSION } from "#wire/admin.ts";
import type { BlockSchema, BlockType } from "#wire/blocks.ts";
import type { BlockSchemaFilter, BlockTypeFilter } from "#wire/filters.ts";
import type { Page } from "../paging.ts";
import { schemaChecksum } from "./checksum.ts";

const TYPE_COLUMNS = `id, created, updated, name, slug, logo_url, documentation_url, description, code_example,
  is_protected`;
const SCHEMA_COLUMNS = "id, created, updated, checksum, fields, block_type_id, capabilities, version";

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

/** By name. */
export function listBlockTypes(q: Reader, filter: BlockTypeFilter | null, { limit, offset }: Page): BlockType[] {
  const where = all([
    ...(filter?.name?.like_ ? [contains("name", filter.name.like_)] : []),
    ...(filter?.slug?.any_ ? [inList("slug", filter.slug.any_)] : []),
  ]);
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
  const sql = `select ${SCHEMA_COLUMNS} from block_schema where checksum = ? and ${ofVersion.sql} order by created desc limit 1`;
  const row = q.get<SchemaRow>(sql, checksum, ...ofVersion.params);
  return row && schemaOf(q, row);
}

/** Newest first. */
export function listBlockSchemas(q: Reader, filter: BlockSchemaFilter | null, { limit, offset }: Page): BlockSchema[] {
  const where = all([
    ...(filter?.id?.any_ ? [inList("id", filter.id.any_)] : []),
    ...(filter?.block_type_id?.any_ ? [inList("block_type_id", filter.block_type_id.any_)] : []),
    ...(filter?.version?.any_ ? [inList("version", filter.version.any_)] : []),
    ...(filter?.block_capabilities?.all_ ? [holdsAll("capabilities", filter.block_capabilities.all_)] : []),
  ]);
  const sql = `select ${SCHEMA_COLUMNS} from block_schema where ${where.sql} order by created desc limit ? offset ?`;
  return q.all<SchemaRow>(sql, ...where.params, limit, offset).map((row) => schemaOf(q, row));
}

/** Makes the types and their schemas known; those that are there stay as they are. */
export function registerBlockTypes(tx: Tx, now: string, definitions: readonly BlockTypeDefinition[]): void {
  for (const { slug, name, description, is_protected, capabilities, fields } of definitions) {
    tx.run(
      `insert into block_type (id, created, updated, name, slug, description, is_protected) values (?, ?, ?, ?, ?, ?, ?)
       on conflict (slug) do nothing`,
      ...[newId(), now, now, name, slug, description, writeBool(is_protected)],
    );
    tx.run(
      `insert into block_schema (id, created, updated, checksum, fields, block_type_id, capabilities, version)
       select ?, ?, ?, ?, ?, id, ?, ? from block_type where slug = ?
       on conflict (checksum, version) do nothing`,
      ...[newId(), now, now, schemaChecksum(fields), writeJson({ ...fields, block_type_slug: slug })],
      ...[writeJson(capabilities), PREFECT_VERSION, slug],
    );
  }
}
