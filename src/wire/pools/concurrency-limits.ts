// Concurrency limits: how many task runs with a tag may run at once.
import { endpoint, type Out, shape, strictShape } from "../endpoint.ts";
import { page, reading } from "../filters.ts";
import { integer, list, maybe, stored, text, uuid } from "../primitives.ts";
import { creates, KEYED } from "../repeat.ts";

export const concurrencyLimit = shape(() => ({
  ...stored(),
  tag: text(),
  concurrency_limit: integer(),
  active_slots: list(uuid()),
}));
export type ConcurrencyLimit = Out<typeof concurrencyLimit>;

export const createConcurrencyLimit = endpoint("POST", "/concurrency_limits/", {
  repeat: creates("/concurrency_limits/{id}"),
  body: strictShape(() => ({ tag: text(), concurrency_limit: integer() })),
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
  body: shape(() => ({ slot_override: maybe(list(uuid())) })),
  bodyOptional: true,
});
export const listConcurrencyLimits = reading("/concurrency_limits/filter", page, () => list(concurrencyLimit()));
