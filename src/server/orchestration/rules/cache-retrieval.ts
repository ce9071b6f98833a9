// A task whose key is known is answered with the kept state instead of running.
import { cacheState, readCachedState } from "../../states/cache.ts";
import type { TaskRunRecord } from "../../states/run-record.ts";
import { ANY, newState, type Rule, types } from "./rule.ts";

export const cacheRetrieval: Rule<TaskRunRecord> = {
  from: ANY,
  to: types("RUNNING"),
  before({ tx, proposed, now }) {
    const { cache_key, refresh_cache } = proposed.state_details;
    if (!cache_key || refresh_cache) return undefined;
    const state = readCachedState(tx, cache_key, now);
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
    if (run.state_id) cacheState(tx, { cache_key, cache_expiration, state_id: run.state_id, now });
  },
};
