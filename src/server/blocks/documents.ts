// Block documents in the database. Their data is sealed; secrets leave only when they are asked for.

import { hideSecrets, keepHidden } from "#blocks/secrets.ts";
import { writeBool } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { insertRow } from "#db/rows.ts";
import { OrchError } from "#lib/errors.ts";
import { newId, parseId } from "#lib/ids.ts";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { MOST_BLOCKS_IN_BLOCK, shortened } from "#lib/limits.ts";
import { setOwn } from "#lib/own.ts";
import type { BlockDocument, BlockDocumentCreate, BlockDocumentUpdate } from "#wire/blocks.ts";
import type { BlockDocumentFilter, BlockSchemaFilter, BlockTypeFilter } from "#wire/filters.ts";
import { ProblemError } from "../http/problem.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";
import type { Vault } from "../kernel/vault.ts";

import { readBlockSchema } from "./store.ts";
import { blockDocumentsWhere } from "./where.ts";

const COLUMNS = `block_document.id, block_document.created, block_document.updated, block_document.name,
  block_document.data, block_document.block_schema_id, block_document.block_type_id, block_document.is_anonymous`;

interface Row {
  id: string;
  created: string;
  updated: string;
  name: string;
  data: string;
  block_schema_id: string;
  block_type_id: string;
  is_anonymous: number;
}

interface Reference {
  name: string;
  reference_block_document_id: string;
}

export interface ReadOptions {
  vault: Vault;
  secrets: boolean;
}

/** Documents that one document may still be made of. */
interface Budget {
  left: number;
}

/** Beyond the limit references are not followed: a block that is named twice in each of thirty others would come 2^30 times. */
function documentOf(
  q: Reader,
  row: Row,
  options: ReadOptions,
  budget: Budget = { left: MOST_BLOCKS_IN_BLOCK },
): BlockDocument {
  const schema = readBlockSchema(q, row.block_schema_id) ?? null;
  const data = options.vault.open(q, row.data);
  const references: JsonObject = {};
  for (const { name, child } of childrenOf(q, row.id, options, budget)) {
    setOwn<Json>(data, name, child.data);
    const { id, name: childName, block_type, is_anonymous, block_document_references } = child;
    const summary = { id, name: childName, block_type, is_anonymous, block_document_references };
    setOwn<Json>(references, name, { block_document: summary as unknown as JsonObject }); // wire objects are JSON
  }
  return {
    ...row,
    is_anonymous: row.is_anonymous === 1,
    data: options.secrets ? data : hideSecrets(data, schema?.fields ?? {}),
    block_schema: schema,
    block_type: schema?.block_type ?? null,
    block_document_references: references,
  };
}

function childrenOf(
  q: Reader,
  id: string,
  options: ReadOptions,
  budget: Budget,
): { name: string; child: BlockDocument }[] {
  const sql =
    "select name, reference_block_document_id from block_document_reference where parent_block_document_id = ?";
  return q.all<Reference>(sql, id).flatMap(({ name, reference_block_document_id }) => {
    budget.left -= 1;
    const child = budget.left < 0 ? undefined : rowOf(q, reference_block_document_id);
    return child ? [{ name, child: documentOf(q, child, options, budget) }] : [];
  });
}

function rowOf(q: Reader, id: string): Row | undefined {
  return q.get<Row>(`select ${COLUMNS} from block_document where id = ?`, id);
}

export function readDocument(q: Reader, id: string, options: ReadOptions): BlockDocument | undefined {
  const row = rowOf(q, id);
  return row && documentOf(q, row, options);
}

/** Throws `invalid` for a document that would be made of more documents than the limit says. */
function requireBudget(q: Reader, id: string, budget: Budget = { left: MOST_BLOCKS_IN_BLOCK }): void {
  const sql =
    "select reference_block_document_id as id from block_document_reference where parent_block_document_id = ?";
  for (const child of q.all<{ id: string }>(sql, id)) {
    budget.left -= 1;
    if (budget.left < 0) {
      throw new OrchError("invalid", `A block cannot be made of more than ${MOST_BLOCKS_IN_BLOCK} other blocks.`);
    }
    requireBudget(q, child.id, budget);
  }
}

export function readDocumentByName(
  q: Reader,
  slug: string,
  name: string,
  options: ReadOptions,
): BlockDocument | undefined {
  const sql = `select ${COLUMNS} from block_document
    join block_type on block_type.id = block_document.block_type_id
    where block_type.slug = ? and block_document.name = ?`;
  const row = q.get<Row>(sql, slug, name);
  return row && documentOf(q, row, options);
}

/** By name. */
export function listDocuments(
  q: Reader,
  filters: {
    block_documents: BlockDocumentFilter | null;
    block_types: BlockTypeFilter | null;
    block_schemas: BlockSchemaFilter | null;
  },
  { limit, offset }: Page,
  options: ReadOptions,
): BlockDocument[] {
  const where = blockDocumentsWhere(filters);
  const sql = `select ${COLUMNS} from block_document where ${where.sql} order by block_document.name limit ? offset ?`;
  return rowsOfPage(q.each<Row>(sql, ...where.params, limit, offset), ["data"]).map((row) =>
    documentOf(q, row, options),
  );
}

/** All of a type but the anonymous ones, by name. */
export function listDocumentsOfType(q: Reader, slug: string, options: ReadOptions): BlockDocument[] {
  const sql = `select ${COLUMNS} from block_document
    join block_type on block_type.id = block_document.block_type_id
    where block_type.slug = ? and block_document.is_anonymous = 0
    order by block_document.name`;
  return rowsOfPage(q.each<Row>(sql, slug), ["data"]).map((row) => documentOf(q, row, options));
}

/** One without a name is anonymous. Throws `conflict` for a name that is taken. */
export function insertDocument(tx: Tx, now: string, given: BlockDocumentCreate, vault: Vault): string {
  const id = newId();
  const name = given.name ?? `anonymous-${newId()}`;
  const taken = tx.get("select 1 from block_document where block_type_id = ? and name = ?", given.block_type_id, name);
  if (taken) throw new OrchError("conflict", "Block already exists");
  const { plain, references } = splitReferences(given.data);
  insertRow(tx, "block_document", {
    ...{ id, created: now, updated: now, name, data: vault.seal(tx, plain) },
    ...{ block_schema_id: given.block_schema_id, block_type_id: given.block_type_id },
    is_anonymous: writeBool(given.is_anonymous),
  });
  writeReferences(tx, id, references);
  return id;
}

/** Throws `not_found`, and answers 400 for a schema of another type. */
export function updateDocument(tx: Tx, now: string, id: string, update: BlockDocumentUpdate, vault: Vault): void {
  const stored = readDocument(tx, id, { vault, secrets: true });
  if (!stored) throw new OrchError("not_found", "Block document not found");
  const schema = update.block_schema_id ? readBlockSchema(tx, update.block_schema_id) : stored.block_schema;
  if (schema?.block_type_id !== stored.block_type_id) {
    throw new ProblemError(400, { detail: "Must migrate block document to a block schema of the same block type." });
  }
  const given = keepHidden(update.data, stored.data, schema.fields);
  const before = update.merge_existing_data ? withoutChildren(stored) : {};
  const { plain, references } = splitReferences({ ...before, ...given });
  tx.run(
    "update block_document set data = ?, block_schema_id = ?, updated = ? where id = ?",
    ...[vault.seal(tx, plain), schema.id, now, id],
  );
  // What was sent takes the place of a reference of the same name.
  const kept = update.merge_existing_data ? Object.keys(stored.block_document_references) : [];
  forgetReferences(tx, id, new Set(kept.filter((name) => !Object.hasOwn(given, name))));
  writeReferences(tx, id, references);
}

export function deleteDocument(tx: Tx, id: string): boolean {
  return tx.run("delete from block_document where id = ?", id) > 0;
}

function withoutChildren({ data, block_document_references }: BlockDocument): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !Object.hasOwn(block_document_references, key)));
}

/** `{"$ref": {"block_document_id": ID}}` at the top level of the data stands for another document. Answers 400 for half of it. */
function splitReferences(data: JsonObject): { plain: JsonObject; references: Map<string, string> } {
  const references = new Map<string, string>();
  const plain: JsonObject = {};
  for (const [key, value] of Object.entries(data)) {
    if (isObject(value) && "$ref" in value) references.set(key, referencedId(key, value["$ref"]));
    else setOwn(plain, key, value);
  }
  return { plain, references };
}

/** In the words of the old server, which had no answer at all for some of these. */
function referencedId(key: string, target: unknown): string {
  const given = isObject(target) ? (target["block_document_id"] ?? null) : null;
  if (given === null) {
    throw new ProblemError(400, {
      detail: `Received block reference without a block_document_id in key ${shortened(key)}`,
    });
  }
  const id = typeof given === "string" ? parseId(given) : null;
  if (id !== null) return id;
  const detail = `The block_document_id in key ${shortened(key)} is not a valid uuid`;
  throw new ProblemError(400, { detail });
}

function forgetReferences(tx: Tx, parent: string, kept: ReadonlySet<string>): void {
  const sql = "select id, name from block_document_reference where parent_block_document_id = ?";
  for (const { id, name } of tx.all<{ id: string; name: string }>(sql, parent)) {
    if (!kept.has(name)) tx.run("delete from block_document_reference where id = ?", id);
  }
}

/** Throws `invalid` for a circle: it could never be read. */
function writeReferences(tx: Tx, parent: string, references: Map<string, string>): void {
  for (const [name, child] of references) {
    if (isBelow(tx, parent, child)) {
      throw new OrchError("invalid", `'${name}' cannot be a block that holds this one, or this one itself.`);
    }
    tx.run(
      `insert into block_document_reference (id, name, parent_block_document_id, reference_block_document_id)
       values (?, ?, ?, ?)`,
      ...[newId(), name, parent, child],
    );
  }
  if (references.size > 0) requireBudget(tx, parent);
}

/** Whether `id` is `top` or one of the documents it is made of. */
function isBelow(q: Reader, id: string, top: string): boolean {
  const sql = `with recursive below (id) as (
      select ?
      union
      select reference_block_document_id from block_document_reference
      join below on below.id = block_document_reference.parent_block_document_id
    )
    select 1 from below where id = ?`;
  return q.get(sql, top, id) !== undefined;
}
