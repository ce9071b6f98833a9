// What a piece of work left in a server's database, without what differs from one time to the next.
import { Database } from "bun:sqlite";

/** Counted by how often they were said, not by what was done. */
const NOT_COUNTED = new Set(["idempotency_key", "heartbeat", "agent", "worker", "configuration"]);

export interface Left {
  /** New rows by table; tables without any are left out. */
  rows: Record<string, number>;
  /** Of each new run its states, in order. */
  histories: string[];
  /** Messages of new log lines, without names, ids and numbers. */
  messages: string[];
}

export interface Rows {
  /** What came since the last call. */
  since(): Left;
  /** "ok" for a database that is whole. */
  integrity(): string;
  close(): void;
}

export function watchRows(path: string): Rows {
  const sqlite = new Database(path, { readonly: true });
  const all = <T>(sql: string, ...params: (string | number)[]) => sqlite.query(sql).all(...params) as T[]; // as it says
  const tables = all<{ name: string }>(
    "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
  )
    .map(({ name }) => name)
    .filter((name) => !NOT_COUNTED.has(name));
  const countOf = (table: string) => all<{ n: number }>(`select count(*) as n from ${table}`)[0]?.n ?? 0;
  const newestOf = (table: string) => all<{ n: number | null }>(`select max(rowid) as n from ${table}`)[0]?.n ?? 0;
  const look = () => ({
    counts: new Map(tables.map((table) => [table, countOf(table)])),
    newest: new Map(["flow_run", "task_run", "log"].map((table) => [table, newestOf(table)])),
  });
  let before = look();

  function historiesOf(kind: "flow" | "task", newest: number): string[] {
    const sql = `select r.id, s.name from ${kind}_run r join ${kind}_run_state s on s.${kind}_run_id = r.id
      where r.rowid > ? order by s.timestamp`;
    const states = Map.groupBy(all<{ id: string; name: string }>(sql, newest), ({ id }) => id);
    return [...states.values()].map((of) => `${kind}: ${of.map(({ name }) => name).join(" > ")}`).toSorted();
  }

  return {
    since() {
      const now = look();
      const changes = tables.map((table): [string, number] => {
        return [table, (now.counts.get(table) ?? 0) - (before.counts.get(table) ?? 0)];
      });
      const newest = (table: string) => before.newest.get(table) ?? 0;
      const left: Left = {
        rows: Object.fromEntries(changes.filter(([, count]) => count !== 0)),
        histories: [...historiesOf("flow", newest("flow_run")), ...historiesOf("task", newest("task_run"))],
        messages: all<{ message: string }>("select message from log where rowid > ?", newest("log"))
          .map(({ message }) => message.replace(/'[^']*'|[\da-f]{8}-[\da-f-]{27}|\d+(\.\d+)?/g, "*"))
          .toSorted(),
      };
      before = now;
      return left;
    },
    integrity: () => all<{ integrity_check: string }>("pragma integrity_check")[0]?.integrity_check ?? "",
    close: () => sqlite.close(),
  };
}
