// A connection that only reads, for a thread beside the one that writes.
import { Database as Sqlite } from "bun:sqlite";
import { createReader, createStatements, type Reader } from "./unit-of-work.ts";

const PRAGMAS = ["busy_timeout = 2000", "cache_size = -8000", "temp_store = memory"] as const;

/** The database exists and has its schema: the writer has opened it. */
export function openReader(path: string): { query: Reader; close(): void } {
  const sqlite = new Sqlite(path, { readonly: true });
  for (const pragma of PRAGMAS) sqlite.run(`pragma ${pragma}`);
  const statements = createStatements(sqlite);
  return {
    query: createReader(statements),
    close() {
      statements.finalize();
      sqlite.close();
    },
  };
}
