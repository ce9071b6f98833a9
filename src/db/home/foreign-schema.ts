// Compares what a database holds with what the migrations make, by the text of each table, index, trigger and view. A trigger
// of another program would change what orch writes; a view, or another table of the same name, what it reads.
import { Database as Sqlite } from "bun:sqlite";
import { existsSync } from "node:fs";
import { OrchError } from "#lib/errors.ts";
import { MIGRATIONS } from "../migrations/index.ts";
import { isTableOfLitestream } from "./litestream.ts";

interface SchemaObject {
  type: string;
  name: string;
  sql: string | null;
}

/** SQLite's own: what it knows of indexes, and counters that stay when their table is gone. */
const OF_SQLITE = new Set([
  "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
  "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
  "CREATE TABLE sqlite_sequence(name,seq)",
]);
const MOST_NAMED = 5;

/** Throws `conflict` naming what orch did not make or what is missing. Reads no table: their rows may be anything. */
export function refuseForeignSchema(sqlite: Sqlite, shown: string): void {
  const version = numberOf(sqlite, "user_version");
  const found = objectsOf(sqlite);
  const names = new Set(found.map(({ name }) => name));
  if (names.has("alembic_version")) throw notOurs(`'${shown}' is a database of Prefect, not of orch.`);
  const isOfOther = numberOf(sqlite, "application_id") !== 0;
  if (isOfOther || version < 1 || !["configuration", "flow_run", "block_document"].every((name) => names.has(name))) {
    throw notOurs(`'${shown}' is a database, but not one of orch.`);
  }
  if (version > MIGRATIONS.length) return; // only the newer orch knows
  const made = madeBy(version);
  const wrong = found.flatMap((object) => faultOf(object, made) ?? []);
  const missing = [...made.values()]
    .filter(({ name }) => !names.has(name))
    .map((each) => `${described(each)} is missing`);
  const faults = [...wrong, ...missing];
  if (faults.length === 0) return;
  const more = faults.length > MOST_NAMED ? ` and ${faults.length - MOST_NAMED} more` : "";
  const sentence = `'${shown}' is not as orch makes its databases: ${faults.slice(0, MOST_NAMED).join(", ")}${more}.`;
  throw notOurs(`${sentence} Take a file that 'orch server database backup' wrote, or remove them with SQLite.`);
}

/** The same for the database of a home, before it is used; none is fine. What cannot be read is the next opener's to explain. */
export function refuseForeignDatabase(path: string): void {
  if (!existsSync(path)) return;
  let sqlite: Sqlite | undefined;
  try {
    sqlite = new Sqlite(path, { readwrite: true, create: false });
    sqlite.run("pragma busy_timeout = 1000");
    if (objectsOf(sqlite).length > 0) refuseForeignSchema(sqlite, path);
  } catch (error) {
    if (error instanceof OrchError) throw error;
  } finally {
    sqlite?.close();
  }
}

function faultOf(object: SchemaObject, made: ReadonlyMap<string, SchemaObject>): string | undefined {
  if (OF_SQLITE.has(object.sql ?? "")) return undefined;
  if (object.type === "table" && isTableOfLitestream(object.name)) return undefined;
  const own = made.get(object.name);
  if (own === undefined || own.type !== object.type) return `${described(object)} is not orch's`;
  return own.sql === object.sql ? undefined : `${described(object)} was changed`;
}

function described({ type, name }: SchemaObject): string {
  return `${type} '${name}'`;
}

/** What a new database of this schema holds. Takes 2 ms. */
function madeBy(version: number): Map<string, SchemaObject> {
  const sqlite = new Sqlite(":memory:");
  try {
    for (const sql of MIGRATIONS.slice(0, version)) sqlite.run(sql);
    return new Map(objectsOf(sqlite).map((object) => [object.name, object]));
  } finally {
    sqlite.close();
  }
}

function objectsOf(sqlite: Sqlite): SchemaObject[] {
  return sqlite.query<SchemaObject, []>("select type, name, sql from sqlite_schema").all();
}

function numberOf(sqlite: Sqlite, pragma: "user_version" | "application_id"): number {
  return sqlite.query<Record<string, number>, []>(`pragma ${pragma}`).get()?.[pragma] ?? 0;
}

function notOurs(sentence: string): OrchError {
  return new OrchError("conflict", sentence);
}
