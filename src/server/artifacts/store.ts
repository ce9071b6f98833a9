// Artifacts in the database, and the newest of each key beside them.

import { readJsonOrNull, writeJson } from "#db/codecs.ts";
import type { Reader, SqlValue, Tx } from "#db/connect.ts";
import { countRows, insertRow, updateRow } from "#db/rows.ts";
import { condition } from "#db/sql.ts";
import { newId } from "#lib/ids.ts";
import type { Json } from "#lib/json.ts";
import type { Artifact, ArtifactCollection, ArtifactCreate, ArtifactSort, ArtifactUpdate } from "#wire/artifacts.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";
import { type ArtifactFilters, artifactsWhere } from "./where.ts";

const OWN =
  "artifact.type, artifact.description, artifact.data, artifact.metadata_, artifact.flow_run_id, artifact.task_run_id";
const COLUMNS = `artifact.id, artifact.created, artifact.updated, artifact.key, ${OWN}`;
const LATEST = `c.id, c.created, c.updated, c.key, c.latest_id, ${OWN}`;
const COLLECTION = "artifact_collection c join artifact on artifact.id = c.latest_id";

type Row = Omit<Artifact, "data" | "metadata_"> & { data: string | null; metadata_: string | null };
type LatestRow = Row & { key: string; latest_id: string };

/** What callers fill as they like. */
const LONG_COLUMNS = ["key", "data", "description", "metadata_"] as const;

function artifactOf<R extends Row>(row: R) {
  return {
    ...row,
    data: readJsonOrNull<Json>(row.data),
    metadata_: readJsonOrNull<Record<string, string>>(row.metadata_),
  };
}

export function readArtifact(q: Reader, id: string): Artifact | undefined {
  const row = q.get<Row>(`select ${COLUMNS} from artifact where id = ?`, id);
  return row && artifactOf(row);
}

export function readLatest(q: Reader, key: string): ArtifactCollection | undefined {
  const row = q.get<LatestRow>(`select ${LATEST} from ${COLLECTION} where c.key = ?`, key);
  return row && artifactOf(row);
}

const ORDERS: Record<ArtifactSort, string> = {
  CREATED_DESC: "created desc",
  UPDATED_DESC: "updated desc",
  ID_DESC: "id desc",
  KEY_DESC: "key desc",
  KEY_ASC: "key asc",
};

export function listArtifacts(q: Reader, filters: ArtifactFilters, sort: ArtifactSort, page: Page): Artifact[] {
  const where = artifactsWhere(filters, "artifact.key");
  const sql = `select ${COLUMNS} from artifact where ${where.sql} order by artifact.${ORDERS[sort]} limit ? offset ?`;
  const rows = q.each<Row>(sql, ...where.params, page.limit, page.offset);
  return rowsOfPage(rows, LONG_COLUMNS, page).map(artifactOf);
}

export function listLatest(q: Reader, filters: ArtifactFilters, sort: ArtifactSort, page: Page): ArtifactCollection[] {
  const where = artifactsWhere(filters, "c.key");
  const sql = `select ${LATEST} from ${COLLECTION} where ${where.sql} order by c.${ORDERS[sort]} limit ? offset ?`;
  const rows = q.each<LatestRow>(sql, ...where.params, page.limit, page.offset);
  return rowsOfPage(rows, LONG_COLUMNS, page).map(artifactOf);
}

export function countArtifacts(q: Reader, filters: ArtifactFilters): number {
  return count(q, "artifact", artifactsWhere(filters, "artifact.key"));
}

export function countLatest(q: Reader, filters: ArtifactFilters): number {
  return count(q, COLLECTION, artifactsWhere(filters, "c.key"));
}

function count(q: Reader, from: string, where: { sql: string; params: SqlValue[] }): number {
  return countRows(q, from, where);
}

/** One with a key is the newest of it from now on. */
export function insertArtifact(tx: Tx, now: string, given: ArtifactCreate): string {
  const id = newId();
  const { key, type, description, flow_run_id, task_run_id } = given;
  insertRow(tx, "artifact", {
    ...{ id, created: now, updated: now, key, type, description, flow_run_id, task_run_id },
    data: jsonOrNull(given.data),
    metadata_: jsonOrNull(given.metadata_),
  });
  if (key !== null) {
    const replaces = "on conflict (key) do update set latest_id = excluded.latest_id, updated = excluded.updated";
    const collection = { id: newId(), created: now, updated: now, key, latest_id: id };
    insertRow(tx, "artifact_collection", collection, replaces);
  }
  return id;
}

export function updateArtifact(tx: Tx, now: string, id: string, given: ArtifactUpdate): boolean {
  const changes = {
    updated: now,
    data: given.data === undefined ? undefined : jsonOrNull(given.data),
    description: given.description,
    metadata_: given.metadata_ === undefined ? undefined : jsonOrNull(given.metadata_),
  };
  updateRow(tx, "artifact_collection", { updated: now }, condition("latest_id = ?", id));
  return updateRow(tx, "artifact", changes, condition("id = ?", id));
}

/** The newest that is left of its key takes its place. */
export function deleteArtifact(tx: Tx, now: string, id: string): boolean {
  tx.run(
    `update artifact_collection set updated = ?, latest_id = coalesce(
       (select other.id from artifact other where other.key = artifact_collection.key and other.id <> artifact_collection.latest_id
        order by other.created desc, other.id desc limit 1), latest_id)
     where latest_id = ?`,
    ...[now, id],
  );
  // A collection that still points to it has nothing left, and goes with it.
  return tx.run("delete from artifact where id = ?", id) > 0;
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : writeJson(value as Json); // parsed from JSON
}
