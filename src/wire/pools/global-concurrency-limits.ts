// Limits with a name that code takes slots of, since Prefect 2.11. Those of 2.10 go by the tags of tasks.
import * as v from "valibot";
import { endpoint, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { nullAs, page, reading } from "../filters.ts";
import { bool, float, integer, list, maybe, oneOf, stored, text, uuid } from "../primitives.ts";
import { ACTS, creates } from "../repeat.ts";

export const globalConcurrencyLimit = shape(() => ({
  ...stored(),
  active: bool(),
  name: text(),
  limit: integer(),
  active_slots: integer(),
  denied_slots: integer(),
  slot_decay_per_second: float(),
  avg_slot_occupancy_seconds: float(),
}));
export type GlobalConcurrencyLimit = Out<typeof globalConcurrencyLimit>;

export const globalConcurrencyLimitCreate = strictShape(() => ({
  name: text({ name: true }),
  limit: integer({ min: 0 }),
  active: nullAs(bool(), true),
  active_slots: nullAs(integer({ min: 0 }), 0),
  denied_slots: nullAs(integer({ min: 0 }), 0),
  slot_decay_per_second: nullAs(float({ min: 0 }), 0),
}));
export type GlobalConcurrencyLimitCreate = Out<typeof globalConcurrencyLimitCreate>;

/** Only what is sent is changed; null is nothing, because clients send it for what they leave open. */
export const globalConcurrencyLimitUpdate = strictShape(() => ({
  name: maybe(text({ name: true })),
  limit: maybe(integer({ min: 0 })),
  active: maybe(bool()),
  active_slots: maybe(integer({ min: 0 })),
  denied_slots: maybe(integer({ min: 0 })),
  slot_decay_per_second: maybe(float({ min: 0 })),
}));
export type GlobalConcurrencyLimitUpdate = Out<typeof globalConcurrencyLimitUpdate>;

const brief = lazy(() => list(v.object({ id: uuid(), name: text(), limit: integer() })));
const names = () => v.pipe(list(text({ name: true })), v.minLength(1, "ensure this value has at least 1 items"));
const since = 11;

export const createGlobalConcurrencyLimit = endpoint("POST", "/v2/concurrency_limits/", {
  repeat: creates("/v2/concurrency_limits/{id}"),
  body: globalConcurrencyLimitCreate,
  response: globalConcurrencyLimit,
  statuses: [201],
  since,
});
export const readGlobalConcurrencyLimit = endpoint("GET", "/v2/concurrency_limits/{id_or_name}", {
  response: globalConcurrencyLimit,
  since,
});
export const listGlobalConcurrencyLimits = reading(
  "/v2/concurrency_limits/filter",
  page,
  () => list(globalConcurrencyLimit()),
  since,
);
export const updateGlobalConcurrencyLimit = endpoint("PATCH", "/v2/concurrency_limits/{id_or_name}", {
  body: globalConcurrencyLimitUpdate,
  since,
});
export const deleteGlobalConcurrencyLimit = endpoint("DELETE", "/v2/concurrency_limits/{id_or_name}", { since });

/** Takes slots of every limit, or none: then 423 with `Retry-After`, in seconds. */
export const takeSlots = endpoint("POST", "/v2/concurrency_limits/increment", {
  repeat: ACTS,
  body: shape(() => ({
    slots: integer({ above: 0 }),
    names: names(),
    mode: nullAs(oneOf(["concurrency", "rate_limit"]), "concurrency"),
    /** Of the releases that make a limit which is not there by themselves; it never holds anything up. */
    create_if_missing: maybe(bool()),
  })),
  response: brief,
  since,
});
export const releaseSlots = endpoint("POST", "/v2/concurrency_limits/decrement", {
  repeat: ACTS,
  body: shape(() => ({
    slots: integer({ above: 0 }),
    names: names(),
    occupancy_seconds: maybe(float({ above: 0 })),
    create_if_missing: maybe(bool()),
  })),
  response: brief,
  since,
});
