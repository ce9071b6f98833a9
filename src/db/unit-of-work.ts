// What a store function gets: plain statements on one connection, prepared once for each SQL text.
import type { Database as Sqlite, Statement } from "bun:sqlite";

export type SqlValue = string | number | null | Uint8Array;

export interface Reader {
  all<Row>(sql: string, ...params: SqlValue[]): Row[];
  get<Row>(sql: string, ...params: SqlValue[]): Row | undefined;
  /** One row after the other, for callers that may stop early. Nothing else uses the same statement meanwhile. */
  each<Row>(sql: string, ...params: SqlValue[]): Iterable<Row>;
}

export interface Tx extends Reader {
  /** The number of rows changed. */
  run(sql: string, ...params: SqlValue[]): number;
  /** Runs once the write is on disk; not at all when it is undone. */
  afterCommit(effect: () => void): void;
}

/** The statements of a connection, prepared once for each text. */
export interface Statements {
  prepare(sql: string): Statement;
  /** A connection closes for good, and its log goes away, only when its statements are gone. */
  finalize(): void;
}

/** Texts come from stores and the filter builder: a few hundred at most in practice. */
const MOST_STATEMENTS = 2_000;

export function createStatements(sqlite: Sqlite): Statements {
  const statements = new Map<string, Statement>();

  function finalize(): void {
    for (const statement of statements.values()) statement.finalize();
    statements.clear();
  }

  return {
    prepare(sql) {
      const known = statements.get(sql);
      if (known) return known;
      if (statements.size >= MOST_STATEMENTS) finalize();
      const statement = sqlite.prepare(unfolded(sql));
      statements.set(sql, statement);
      return statement;
    },
    finalize,
  };
}

/**
 * SQLite plans a joined statement again for every value bound to `column = ?`, as it folds such values into the plan:
 * 20 µs a call instead of 4. A plus sign keeps it from that; the index is used all the same.
 */
function unfolded(sql: string): string {
  return sql.replaceAll(" = ?", " = +?");
}

export function createReader({ prepare }: Statements): Reader {
  return {
    all<Row>(sql: string, ...params: SqlValue[]) {
      return prepare(sql).all(...params) as Row[]; // the caller names the columns, so it knows their shape
    },
    get<Row>(sql: string, ...params: SqlValue[]) {
      return (prepare(sql).get(...params) ?? undefined) as Row | undefined; // as above
    },
    each<Row>(sql: string, ...params: SqlValue[]) {
      return prepare(sql).iterate(...params) as Iterable<Row>; // as above
    },
  };
}

/** One handle for all writes of a connection; `effects` receives what is to run after the commit. */
export function createTx(statements: Statements, effects: (effect: () => void) => void): Tx {
  return {
    ...createReader(statements),
    run(sql, ...params) {
      return statements.prepare(sql).run(...params).changes;
    },
    afterCommit: effects,
  };
}
