// What is adopted from, whatever it is: a file of Prefect's database, or a server that answers for one.
import type { JsonObject } from "#lib/json.ts";
import type { Lacking } from "./server/lacking.ts";

/** As Prefect's SQLite database has it: JSON is text, times are text in UTC, yes and no are 1 and 0. */
export type SourceRow = Readonly<Record<string, string | number | null>>;

export interface Source {
  /** How messages name it. */
  shown: string;
  /** Rows of each table that it has. */
  counts: ReadonlyMap<string, number>;
  /** What is there and could not be read; not among `counts`. */
  lacking: readonly Lacking[];
  /** About the room that all of it takes. */
  bytes: number;
  /** What still makes runs of the deployments that are taken over. */
  goesOn: boolean;
  /** All rows of a table in the order of their making, some at a time; none of a table that is not there. */
  pages(table: string): AsyncIterable<readonly SourceRow[]> | Iterable<readonly SourceRow[]>;
  /** The data of a block in the clear; undefined when no key opens it. */
  unsealed(block: SourceRow): JsonObject | undefined;
  /** Throws `conflict` when something was written since it was opened. */
  requireUnchanged(): void;
  close(): void;
}
