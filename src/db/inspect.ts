// A database as it lies there, looked at without changing it: for `orch doctor`.
import { Database as Sqlite } from "bun:sqlite";
import { statSync } from "node:fs";
import { MIGRATIONS } from "./migrations/index.ts";

export interface DatabaseReport {
  bytes: number;
  /** What was written and is not in the file itself yet. */
  walBytes: number;
  /** Its schema, and the newest that this program knows. */
  schema: number;
  knownSchema: number;
  /** What SQLite's own check found; empty when all is well. */
  damage: string[];
  /** Blocks whose data is sealed with the home's key. */
  blocks: number;
}

/** `undefined` when there is none. Throws what SQLite throws for a file that it cannot read. */
export function inspectDatabase(path: string): DatabaseReport | undefined {
  const file = statSync(path, { throwIfNoEntry: false });
  if (!file) return undefined;
  const sqlite = new Sqlite(path, { readwrite: true, create: false });
  try {
    sqlite.run("pragma busy_timeout = 1000");
    const schema = sqlite.query<{ user_version: number }, []>("pragma user_version").get()?.user_version ?? 0;
    const found = sqlite.query<{ quick_check: string }, []>("pragma quick_check(5)").all();
    return {
      bytes: file.size,
      walBytes: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
      schema,
      knownSchema: MIGRATIONS.length,
      damage: found.map((row) => row.quick_check).filter((line) => line !== "ok"),
      blocks: schema === 0 ? 0 : countBlocks(sqlite),
    };
  } finally {
    sqlite.close();
  }
}

/** Quick, also where the whole would take long to check. */
export function blocksIn(path: string): number {
  const sqlite = new Sqlite(path, { readwrite: true, create: false });
  try {
    sqlite.run("pragma busy_timeout = 1000");
    return countBlocks(sqlite);
  } finally {
    sqlite.close();
  }
}

function countBlocks(sqlite: Sqlite): number {
  return sqlite.query<{ count: number }, []>("select count(*) as count from block_document").get()?.count ?? 0;
}
