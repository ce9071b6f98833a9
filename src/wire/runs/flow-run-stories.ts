// The story of a flow run: why it waits while it waits, where its time went, and each of its states.
import * as v from "valibot";
import { endpoint, type Out, shape } from "../endpoint.ts";
import { list, oneOf, seconds, text, timestamp, uuid } from "../primitives.ts";
import { flowRunRow } from "./flow-run-pages.ts";
import { stateDetails, stateTypeSchema } from "./states.ts";

/** Why a run waits. The sentence says it to people; programs go by the code. */
export const WAIT_CODES = [
  /** Its time has not come. */
  "scheduled_later",
  /** It failed and is tried again at its time: by an agent, or by its own process. */
  "retry_later",
  "retry_in_process",
  "no_deployment",
  "no_queue",
  "queue_gone",
  "pool_paused",
  "queue_paused",
  "pool_full",
  "queue_full",
  /** Another run of its deployment is under way, and they do not run at the same time. */
  "overlap",
  /** Nothing has asked the queue for work lately. */
  "no_agent",
  /** Agents ask, and do not take it: for a moment, or for long. */
  "agent_soon",
  "agent_busy",
  "process_starting",
  "paused",
  "task_slot",
  "cancelling",
] as const;
export type WaitCode = (typeof WAIT_CODES)[number];

export const waiting = shape(() => ({
  code: oneOf(WAIT_CODES),
  sentence: text(),
  /** What to do; null where time alone helps. */
  remedy: v.nullable(text()),
  /** The command that does it. */
  command: v.nullable(text()),
  /** Since when, and when it is over, where that is known. */
  since: v.nullable(timestamp()),
  until: v.nullable(timestamp()),
  /** When the answer may be another although nothing has happened: time to ask again. */
  valid_until: v.nullable(timestamp()),
  /** Up to five runs that have the places it waits for. */
  held_by: list(v.object({ flow_run_id: uuid(), name: text() })),
}));
export type Waiting = Out<typeof waiting>;

export const SPAN_KINDS = ["waited", "started", "ran", "paused", "retrying", "ended"] as const;

/**
 * `spans`, in the order of time and without gaps from when the run was due: `waited` for an agent or a place, `started` its process, `ran` its code,
 * `paused`, `retrying`: between two tries, `ended`: was being cancelled. The last one has no end while it goes on. `seconds`: their sums.
 */
export const flowRunStory = shape(() => ({
  row: flowRunRow(),
  waiting: v.nullable(waiting()),
  spans: list(v.object({ kind: oneOf(SPAN_KINDS), start: timestamp(), end: v.nullable(timestamp()) })),
  seconds: v.object({
    waited: seconds(),
    started: seconds(),
    ran: seconds(),
    paused: seconds(),
    retrying: seconds(),
    ended: seconds(),
  }),
  /** All of them but for the data they hold. */
  states: list(
    v.object({
      id: uuid(),
      type: stateTypeSchema(),
      name: text(),
      timestamp: timestamp(),
      message: v.nullable(text()),
      state_details: stateDetails(),
    }),
  ),
}));
export type FlowRunStory = Out<typeof flowRunStory>;

export const readFlowRunStory = endpoint("GET", "/orch/flow_runs/{id}/story", { response: flowRunStory });
