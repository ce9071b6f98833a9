// Empties a database that stays open.
import type { Database as Sqlite } from "bun:sqlite";

/**
 * All tables at once, or none. Foreign keys are not checked while it runs: with them SQLite would follow every row of
 * every table, without them it drops whole tables' pages. Nothing else may be going on in the connection.
 */
export function clearTables(sqlite: Sqlite): void {
  const tables = sqlite.query<{ name: string }, []>("select name from sqlite_schema where type = 'table'").all();
  sqlite.run("pragma foreign_keys = off");
  try {
    sqlite.run("begin immediate");
    for (const { name } of tables) sqlite.run(`delete from ${name}`);
    sqlite.run("commit");
  } catch (error) {
    if (sqlite.inTransaction) sqlite.run("rollback");
    throw error;
  } finally {
    sqlite.run("pragma foreign_keys = on");
  }
}
