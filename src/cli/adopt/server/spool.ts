// Keeps what was read of a server until it is taken over: a database without a name, which ends with this process, however it ends.
import { Database as Sqlite } from "bun:sqlite";
import type { SourceRow } from "../source.ts";

/** Rows that are read at once. */
const PAGE = 2_000;

export interface SpooledRow {
  row: SourceRow;
  /** What orders the rows of a kind: the moment that it was made. */
  at: string;
  /** What is another when the object has changed. */
  stamp?: string;
  /** Shared by a state and by the result that belongs to it. */
  link?: string | undefined;
}

export interface Spool {
  /** In place of the one of its id. Gives whether there was none. */
  put(kind: string, given: SpooledRow): boolean;
  /** That a kind is there, although it may have no rows. */
  know(kind: string): void;
  stampOf(kind: string, id: string): string | undefined;
  count(kind: string): number;
  /** The ids in a column that belong to no object of `to`. */
  dangling(kind: string, column: string, to: string): string[];
  /** Of a kind, in no order. */
  ids(kind: string): string[];
  /** A flow run that is gone, with what goes with it. */
  forgetFlowRun(id: string): void;
  /** Gives each state the result of its link: the first state of a link the first result, and so on. */
  joinResults(): void;
  counts(): ReadonlyMap<string, number>;
  bytes(): number;
  pages(kind: string): Iterable<readonly SourceRow[]>;
  close(): void;
}

export function createSpool(): Spool {
  const sqlite = new Sqlite(":memory:");
  sqlite.run("attach database '' as spool");
  sqlite.run("pragma spool.journal_mode = off");
  sqlite.run("pragma spool.cache_size = -32000");
  sqlite.run(`create table spool.row (seq integer primary key, kind text not null, id text not null, at text not null,
    stamp text, link text, result text, body text not null, unique (kind, id))`);
  // One transaction that never ends: a commit for each row takes ten times as long as the row.
  sqlite.run("begin");
  const known = new Set<string>();
  const insert = sqlite.prepare(
    `insert into spool.row (kind, id, at, stamp, link, body) values (?, ?, ?, ?, ?, ?)
      on conflict (kind, id) do nothing`,
  );
  const replace = sqlite.prepare(
    "update spool.row set at = ?3, stamp = ?4, link = ?5, body = ?6 where kind = ?1 and id = ?2",
  );
  const find = sqlite.prepare<{ stamp: string | null }, [string, string]>(
    "select stamp from spool.row where kind = ? and id = ?",
  );

  return {
    put(kind, { row, at, stamp, link }) {
      const values = [kind, String(row["id"]), at, stamp ?? null, link ?? null, JSON.stringify(row)] as const;
      if (insert.run(...values).changes > 0) return true;
      replace.run(...values);
      return false;
    },
    know: (kind) => {
      known.add(kind);
    },
    stampOf: (kind, id) => find.get(kind, id)?.stamp ?? undefined,
    ids: (kind) =>
      sqlite
        .query<{ id: string }, [string]>("select id from spool.row where kind = ?")
        .all(kind)
        .map(({ id }) => id),
    count: (kind) =>
      sqlite.query<{ n: number }, [string]>("select count(*) as n from spool.row where kind = ?").get(kind)?.n ?? 0,
    dangling: (kind, column, to) =>
      sqlite
        .query<{ id: string }, [string, string, string]>(
          `select distinct body ->> ?2 as id from spool.row one where kind = ?1 and body ->> ?2 is not null
            and not exists (select 1 from spool.row other where other.kind = ?3 and other.id = one.body ->> ?2)`,
        )
        .all(kind, column, to)
        .map(({ id }) => id),
    forgetFlowRun(id) {
      sqlite.run("delete from spool.row where kind = 'flow_run' and id = ?", [id]);
      sqlite.run(
        `delete from spool.row where kind in ('flow_run_state', 'flow_run_input', 'task_run', 'task_run_state')
          and body ->> 'flow_run_id' = ?`,
        [id],
      );
    },
    joinResults: () => joinResults(sqlite),
    counts() {
      const rows = sqlite
        .query<{ kind: string; n: number }, []>("select kind, count(*) as n from spool.row group by kind")
        .all();
      const none = [...known].map((kind) => [kind, 0] as const);
      return new Map([...none, ...rows.map(({ kind, n }) => [kind, n] as const)]);
    },
    bytes: () =>
      sqlite
        .query<{ n: number }, []>(
          "select page_count * page_size as n from pragma_page_count('spool'), pragma_page_size('spool')",
        )
        .get()?.n ?? 0,
    pages: (kind) => pagesOf(sqlite, kind),
    close: () => sqlite.close(),
  };
}

function joinResults(sqlite: Sqlite): void {
  const numbered = (kinds: string) =>
    `select seq, id, link, row_number() over (partition by link order by at, seq) as n
      from spool.row where link is not null and kind in (${kinds})`;
  sqlite.run(`update spool.row set result = joined.id
    from (select state.seq, artifact.id
      from (${numbered("'flow_run_state', 'task_run_state'")}) state
      join (${numbered("'artifact'")}) artifact using (link, n)) joined
    where spool.row.seq = joined.seq`);
  sqlite.run("create index spool.by_age on row (kind, at, seq)");
}

interface Stored {
  seq: number;
  at: string;
  result: string | null;
  body: string;
}

function* pagesOf(sqlite: Sqlite, kind: string): Iterable<readonly SourceRow[]> {
  const page = sqlite.prepare<Stored, [string, string, number]>(
    `select seq, at, result, body from spool.row where kind = ? and (at, seq) > (?, ?) order by at, seq limit ${PAGE}`,
  );
  let last = { at: "", seq: 0 };
  try {
    for (;;) {
      const rows = page.all(kind, last.at, last.seq);
      if (rows.length > 0) yield rows.map(rowOf);
      if (rows.length < PAGE) return;
      last = rows.at(-1) ?? last;
    }
  } finally {
    page.finalize();
  }
}

function rowOf({ body, result }: Stored): SourceRow {
  const row = JSON.parse(body) as SourceRow; // as it was put there
  return result === null ? row : { ...row, result_artifact_id: result };
}
