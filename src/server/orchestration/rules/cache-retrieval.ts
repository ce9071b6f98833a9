// A task whose key is known is answered with the kept state instead of running.
import { newId } from "#lib/ids.ts";
import { readState } from "../../states/store.ts";
import { ANY, newState, type Rule, type TaskRunRecord, types } from "../rule.ts";

export const cacheRetrieval: Rule<TaskRunRecord> = {
  from: ANY,
  to: types("RUNNING"),
  before({ tx, proposed, now }) {
    const { cache_key, refresh_cache } = proposed.state_details;
    if (!cache_key || refresh_cache) return undefined;
    const kept = tx.get<{ task_run_state_id: string }>(
      `select task_run_state_id from task_run_state_cache
       where cache_key = ? and (cache_expiration is null or cache_expiration > ?)
       order by created desc limit 1`,
      ...[cache_key, now],
    );
    const state = kept && readState(tx, "task_run", kept.task_run_state_id);
    if (!state) return undefined;
    const { message, data, state_details } = state;
    const replacement = newState("COMPLETED", "Cached", now, { message, data, details: state_details });
    return { status: "REJECT", reason: "Retrieved state from cache", replacement };
  },
};

export const cacheInsertion: Rule<TaskRunRecord> = {
  from: ANY,
  to: types("COMPLETED"),
  after({ tx, run, proposed, now }) {
    const { cache_key, cache_expiration } = proposed.state_details;
    if (!cache_key) return;
    tx.run(
      `insert into task_run_state_cache (id, created, cache_key, cache_expiration, task_run_state_id)
       values (?, ?, ?, ?, ?)`,
      ...[newId(), now, cache_key, cache_expiration, run.state_id],
    );
  },
};
