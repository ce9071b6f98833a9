// Brings a database to the schema of this program. `pragma user_version` is the number of migrations applied.
import type { Database as Sqlite } from "bun:sqlite";
import { EXIT_NEWER_DATABASE, OrchError } from "#lib/errors.ts";
import { MIGRATIONS } from "./migrations/index.ts";

/** Each migration runs in one transaction with its version number: cut off anywhere, it has happened or it has not. */
export function migrate(sqlite: Sqlite, path: string): void {
  if (versionOf(sqlite, path) === MIGRATIONS.length) return;
  sqlite.run("begin immediate");
  try {
    // Looked at again inside: another process may have migrated while this one waited for the lock.
    const applied = versionOf(sqlite, path);
    for (const sql of MIGRATIONS.slice(applied)) sqlite.run(sql);
    sqlite.run(`pragma user_version = ${MIGRATIONS.length}`);
    sqlite.run("commit");
  } catch (error) {
    sqlite.run("rollback");
    throw error;
  }
}

function versionOf(sqlite: Sqlite, path: string): number {
  const row = sqlite.query<{ user_version: number }, []>("pragma user_version").get();
  const version = row?.user_version ?? 0;
  if (version > MIGRATIONS.length) {
    const sentence = `The database '${path}' was written by a newer orch (schema ${version}, this one knows ${MIGRATIONS.length}). Use the newer orch, or set ORCH_HOME to another folder.`;
    throw new OrchError("conflict", sentence, { exitCode: EXIT_NEWER_DATABASE });
  }
  return version;
}
