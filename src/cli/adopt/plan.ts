// What is done with one table of Prefect's database.
import type { SqlValue } from "#db/connect.ts";
import type { JsonObject } from "#lib/json.ts";
import type { SourceRow } from "./source.ts";

/** The values of one row of ours, by column. */
export type Values = Record<string, SqlValue>;

/** A row that does not come over, and why. */
export class Left {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** What the plans ask while rows are taken. */
export interface Around {
  /** The id that an object has in the target: its own, or that of the one of the same name. Null where there is none. */
  idOf(table: string, id: string | number | null | undefined): string | null;
  /** Whether the target has another object of the same name, which is kept. */
  isJoined(table: string, id: string | number | null | undefined): boolean;
  /** Tables of which `idOf` has not found an object. */
  missed: Set<string>;
  /** Whether this adoption has brought the object into a home that already had rows. */
  hasArrived(table: string, id: unknown): boolean;
  /** The data of a block, sealed again; undefined for one that is left out, as no key opens it. */
  sealed(block: SourceRow): string | undefined;
  /** Of each deployment its schedules, since Prefect 2.16. Undefined where it has no such table. */
  schedules: ReadonlyMap<string, readonly SourceRow[]> | undefined;
  /** The fields of each schema of blocks, whole. */
  fieldsOf(schema: SourceRow): JsonObject;
}

export interface Plan {
  /** Of Prefect. */
  table: string;
  /** Of ours; the same when it is left out. */
  into?: string;
  /** For people: `flow runs`. */
  what: string;
  /** What names an object of the target: one of the same name is kept, and what belongs to the source's belongs to it. */
  names?: readonly string[];
  /** Columns by which a row is the same as one of the target under another id. */
  same?: readonly string[];
  /** Columns that a row may come without, and the table that each refers to. */
  links?: Readonly<Record<string, string>>;
  /** Further rows that come of one, before it: JSON that Prefect had in the row itself. */
  before?(row: SourceRow, around: Around): { table: string; values: Values }[];
  convert(row: SourceRow, around: Around): Values | Left;
  /** Why it is worth knowing that a row which was taken is as it was; undefined for most. */
  asItIs?(row: SourceRow, around: Around): string | undefined;
  /** How the report names a row that was kept or left out. */
  label?(row: SourceRow): string;
}
