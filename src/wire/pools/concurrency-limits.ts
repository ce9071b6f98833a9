// Concurrency limits: how many task runs with a tag may run at once.
import * as v from "valibot";
import { endpoint, lazy, type Out } from "../endpoint.ts";
import { page } from "../filters.ts";
import { integer, list, maybe, text, timestamp, uuid } from "../primitives.ts";
import { creates, KEYED, READS } from "../repeat.ts";

export const concurrencyLimit = lazy(() =>
  v.object({
    id: uuid(),
    created: timestamp(),
    updated: timestamp(),
    tag: text(),
    concurrency_limit: integer(),
    active_slots: list(uuid()),
  }),
);
export type ConcurrencyLimit = Out<typeof concurrencyLimit>;

export const createConcurrencyLimit = endpoint("POST", "/concurrency_limits/", {
  repeat: creates("/concurrency_limits/{id}"),
  body: lazy(() => v.strictObject({ tag: text(), concurrency_limit: integer() })),
  response: concurrencyLimit,
});
export const readConcurrencyLimit = endpoint("GET", "/concurrency_limits/{id}", { response: concurrencyLimit });
export const deleteConcurrencyLimit = endpoint("DELETE", "/concurrency_limits/{id}", { statuses: [200] });
export const readConcurrencyLimitByTag = endpoint("GET", "/concurrency_limits/tag/{tag}", {
  response: concurrencyLimit,
});
export const deleteConcurrencyLimitByTag = endpoint("DELETE", "/concurrency_limits/tag/{tag}", { statuses: [200] });
export const resetConcurrencyLimit = endpoint("POST", "/concurrency_limits/tag/{tag}/reset", {
  repeat: KEYED,
  body: lazy(() => v.object({ slot_override: maybe(list(uuid())) })),
  bodyOptional: true,
});
export const listConcurrencyLimits = endpoint("POST", "/concurrency_limits/filter", {
  repeat: READS,
  body: lazy(() => v.object(page())),
  bodyOptional: true,
  response: lazy(() => list(concurrencyLimit())),
});
