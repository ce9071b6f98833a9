// What the runs of a session ask of the storage of results. `results/results.ts` does it, loaded when the first one is kept.
import type { ResultStorage } from "#domain/definitions.ts";
import type { Json, JsonObject } from "#lib/json.ts";
import type { Storage } from "#storage/storage.ts";

export interface ResultStore {
  /** The block's id on the server. */
  readonly id: string;
  /** For the middle of a sentence: the block 's3/dev'. */
  readonly name: string;
  readonly storage: Storage;
  /** A folder of this machine, or of another one. */
  readonly isFolder: boolean;
}

export interface Results {
  /** The place that a flow or a task names. Throws `StorageFailure` where it cannot keep results. */
  open(storage: ResultStorage): Promise<ResultStore>;
  /**
   * The state's data for a value; what is not null or a boolean is in the place then (default: a folder of the home).
   * Throws `invalid` for a value that cannot be kept, `StorageFailure` when a place that was named does not take it.
   */
  keep(value: unknown, store?: ResultStore): Promise<JsonObject>;
  /**
   * The value that a state's data leads to; undefined when it leads nowhere. Throws `not_found` when the file or its block
   * is gone, `StorageFailure` when the place cannot be reached, `invalid` for what orch cannot read.
   */
  restore(data: Json | undefined): Promise<{ value: unknown } | undefined>;
}
