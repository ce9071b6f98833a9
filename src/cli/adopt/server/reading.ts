// What the parts of a reading of Prefect's server share.
import type { LackingNotes } from "./lacking.ts";
import type { PrefectApi } from "./prefect-api.ts";
import type { Spool } from "./spool.ts";

export interface Reading {
  api: PrefectApi;
  spool: Spool;
  lacking: LackingNotes;
  /** One more of a kind was read. */
  show(what: string): void;
}
