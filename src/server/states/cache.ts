// Completed states of tasks, kept by the key that the flow's author computes from a task's inputs.
import type { Reader, Tx } from "#db/connect.ts";
import { newId } from "#lib/ids.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { State } from "#wire/runs/states.ts";
import { STATE_COLUMNS, type StateRow, stateOf } from "./store.ts";

/** The newest that has not expired. States that were deleted with their run are passed over. */
export function readCachedState(q: Reader, key: string, now: Timestamp): State | undefined {
  const row = q.get<StateRow>(
    `select ${STATE_COLUMNS} from task_run_state_cache c join task_run_state s on s.id = c.task_run_state_id
       left join artifact a on a.id = s.result_artifact_id
     where c.cache_key = ? and (c.cache_expiration is null or c.cache_expiration > ?)
     order by c.created desc limit 1`,
    ...[key, now],
  );
  return (row && stateOf(row)) ?? undefined;
}

export interface CacheEntry {
  cache_key: string;
  /** Never, when null. */
  cache_expiration: Timestamp | null;
  state_id: string;
  now: Timestamp;
}

export function cacheState(tx: Tx, { cache_key, cache_expiration, state_id, now }: CacheEntry): void {
  tx.run(
    `insert into task_run_state_cache (id, created, cache_key, cache_expiration, task_run_state_id)
     values (?, ?, ?, ?, ?)`,
    ...[newId(), now, cache_key, cache_expiration, state_id],
  );
}
