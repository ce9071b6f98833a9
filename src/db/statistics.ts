// What lies in a database: rows and bytes of each table, and how far back its runs go. Looked at without changing it.
import { Database as Sqlite } from "bun:sqlite";
import { statSync } from "node:fs";

export interface TableStatistics {
  name: string;
  rows: number;
  /** With its indexes. */
  bytes: number;
}

export interface DatabaseStatistics {
  /** The largest first. */
  tables: TableStatistics[];
  bytes: number;
  walBytes: number;
  /** What deleted rows have left: `orch server database vacuum` gives it back. */
  freeBytes: number;
  schema: number;
  oldestFlowRun: string | null;
  newestFlowRun: string | null;
}

/** Throws what SQLite throws for a file that it cannot read. `onTable` is called before each table is looked at. */
export function databaseStatistics(path: string, onTable: (name: string) => void): DatabaseStatistics {
  const sqlite = new Sqlite(path, { readwrite: true, create: false });
  try {
    sqlite.run("pragma busy_timeout = 1000");
    const pragma = (name: string) => Number(Object.values(sqlite.query(`pragma ${name}`).get() ?? {})[0] ?? 0);
    const names = sqlite.query<{ name: string }, []>("select name from sqlite_schema where type = 'table'").all();
    const tables = names.map(({ name }) => {
      onTable(name);
      const rows = sqlite.query<{ n: number }, []>(`select count(*) as n from ${name}`).get()?.n ?? 0;
      return { name, rows, bytes: bytesOf(sqlite, name) };
    });
    const sql = "select min(created) as oldest, max(created) as newest from flow_run";
    const hasRuns = names.some(({ name }) => name === "flow_run");
    const runs = hasRuns ? sqlite.query<{ oldest: string | null; newest: string | null }, []>(sql).get() : null;
    return {
      tables: tables.toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1)),
      bytes: statSync(path).size,
      walBytes: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
      freeBytes: pragma("freelist_count") * pragma("page_size"),
      schema: pragma("user_version"),
      oldestFlowRun: runs?.oldest ?? null,
      newestFlowRun: runs?.newest ?? null,
    };
  } finally {
    sqlite.close();
  }
}

function bytesOf(sqlite: Sqlite, table: string): number {
  const sql =
    "select coalesce(sum(pgsize), 0) as bytes from dbstat where aggregate = true and name in (select name from sqlite_schema where tbl_name = ?)";
  return sqlite.query<{ bytes: number }, [string]>(sql).get(table)?.bytes ?? 0;
}
