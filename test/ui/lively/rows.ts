// Writes rows straight into a database file, and makes the ids and the chance of a home that is the same every time.
import { Database } from "bun:sqlite";

export type Value = string | number | null;
export type Row = Record<string, Value>;

export interface Rows {
  add(table: string, row: Row): void;
}

/** Fills tables in one transaction. Indexes are dropped before and built at the end: that takes a tenth of the time. */
export function writeRows(path: string, tables: readonly string[], work: (rows: Rows) => void): void {
  const sqlite = new Database(path);
  try {
    for (const pragma of ["foreign_keys = off", "synchronous = off", "cache_size = -200000"])
      sqlite.run(`pragma ${pragma}`);
    const indexes = sqlite
      .query<{ name: string; sql: string; tbl_name: string }, []>(
        "select name, sql, tbl_name from sqlite_master where type = 'index' and sql is not null",
      )
      .all()
      .filter(({ tbl_name }) => tables.includes(tbl_name));
    const inserts = new Map<string, ReturnType<Database["prepare"]>>();
    const add = (table: string, row: Row) => {
      const names = Object.keys(row);
      const sql = `insert into ${table} (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`;
      const insert = inserts.get(sql) ?? sqlite.prepare(sql);
      inserts.set(sql, insert);
      insert.run(...Object.values(row));
    };
    sqlite.transaction(() => {
      for (const { name } of indexes) sqlite.run(`drop index ${name}`);
      work({ add });
      for (const { sql } of indexes) sqlite.run(sql);
    })();
    for (const insert of inserts.values()) insert.finalize();
  } finally {
    sqlite.close();
  }
}

export interface Chance {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number below `most`. */
  below(most: number): number;
  pick<T>(items: readonly T[]): T;
  /** An id of this moment, in milliseconds: those of one moment are in the order of their making. */
  id(millis: number): string;
}

/** The same for the same seed (mulberry32). */
export function createChance(seed: number): Chance {
  let state = seed;
  let made = 0;
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  return {
    next,
    below: (most) => Math.floor(next() * most),
    pick<T>(items: readonly T[]): T {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error("there is nothing to pick from");
      return item;
    },
    id(millis) {
      made += 1;
      const time = Math.floor(millis).toString(16).padStart(12, "0");
      const count = made.toString(16).padStart(12, "0");
      return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`;
    },
  };
}
