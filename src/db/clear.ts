// Empties a database that stays open.
import type { Database as Sqlite } from "bun:sqlite";

/**
 * All tables at once, or none. Foreign keys are not checked while it runs: with them SQLite would follow every row of
 * every table, without them it drops whole tables' pages; so triggers are away meanwhile too. Nothing else may be going on in the connection.
 */
export function clearTables(sqlite: Sqlite): void {
  const ofSchema = sqlite.query<{ name: string; sql: string }, [string]>(
    "select name, sql from sqlite_schema where type = ? and name not like 'sqlite_%'", // counters go on: no number comes twice
  );
  const tables = ofSchema.all("table");
  const triggers = ofSchema.all("trigger");
  sqlite.run("pragma foreign_keys = off");
  try {
    sqlite.run("begin immediate");
    for (const { name } of triggers) sqlite.run(`drop trigger ${name}`);
    for (const { name } of tables) sqlite.run(`delete from ${name}`);
    for (const { sql } of triggers) sqlite.run(sql);
    sqlite.run("insert into deletion (kind, id) values ('everything', '')"); // told to those who listen
    sqlite.run("commit");
  } catch (error) {
    if (sqlite.inTransaction) sqlite.run("rollback");
    throw error;
  } finally {
    sqlite.run("pragma foreign_keys = on");
  }
}
