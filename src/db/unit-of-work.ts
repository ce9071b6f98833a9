// What a store function gets: plain statements on one connection, prepared once for each SQL text.
import type { Database as Sqlite, Statement } from "bun:sqlite";

export type SqlValue = string | number | null | Uint8Array;

export interface Reader {
  all<Row>(sql: string, ...params: SqlValue[]): Row[];
  get<Row>(sql: string, ...params: SqlValue[]): Row | undefined;
}

export interface Tx extends Reader {
  /** The number of rows changed. */
  run(sql: string, ...params: SqlValue[]): number;
  /** Runs once the write is on disk; not at all when it is undone. */
  afterCommit(effect: () => void): void;
}

/** Statements remembered by their text. Texts come from stores and the filter builder: a few hundred at most in practice. */
const MOST_STATEMENTS = 2_000;

type Statements = (sql: string) => Statement;

function createStatements(sqlite: Sqlite): Statements {
  const statements = new Map<string, Statement>();
  return (sql) => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= MOST_STATEMENTS) {
      for (const statement of statements.values()) statement.finalize();
      statements.clear();
    }
    const statement = sqlite.prepare(unfolded(sql));
    statements.set(sql, statement);
    return statement;
  };
}

/**
 * SQLite plans a joined statement anew for every value bound to `column = ?`, as it folds such values into the plan:
 * 20 µs a call instead of 4. A plus sign keeps it from that; the index is used all the same.
 */
function unfolded(sql: string): string {
  return sql.replaceAll(" = ?", " = +?");
}

export function createReader(sqlite: Sqlite, prepared: Statements = createStatements(sqlite)): Reader {
  return {
    all<Row>(sql: string, ...params: SqlValue[]) {
      return prepared(sql).all(...params) as Row[]; // the caller names the columns, so it knows their shape
    },
    get<Row>(sql: string, ...params: SqlValue[]) {
      return (prepared(sql).get(...params) ?? undefined) as Row | undefined; // as above
    },
  };
}

/** One handle for all writes of a connection; `effects` receives what is to run after the commit. */
export function createTx(sqlite: Sqlite, effects: (effect: () => void) => void): Tx {
  const prepared = createStatements(sqlite);
  return {
    ...createReader(sqlite, prepared),
    run(sql, ...params) {
      return prepared(sql).run(...params).changes;
    },
    afterCommit: effects,
  };
}
