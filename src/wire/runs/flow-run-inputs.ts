// Values that are handed to a run while it goes on: what a paused run waits for, and messages between runs.
import * as v from "valibot";
import { endpoint, lazy, type Out, shape } from "../endpoint.ts";
import { nullAs } from "../filters.ts";
import { integer, list, maybe, stored, text, uuid } from "../primitives.ts";
import { KEYED, READS } from "../repeat.ts";

export const flowRunInput = shape(() => ({
  ...stored(),
  flow_run_id: uuid(),
  key: text(),
  value: text(),
  sender: v.nullable(text()),
}));
export type FlowRunInput = Out<typeof flowRunInput>;

/** Letters, digits and `_ - .`, as keys are part of paths. */
const KEY = { pattern: /^[\w.-]+$/, refusal: "A key consists of letters, digits, '_', '-' and '.'." };

export const createFlowRunInput = endpoint("POST", "/flow_runs/{id}/input", {
  repeat: KEYED,
  body: shape(() => ({ key: text(KEY), value: text(), sender: maybe(text()) })),
  statuses: [201],
  since: 14,
});
/** Those whose key begins with `prefix`, in the order of their creation. */
export const listFlowRunInputs = endpoint("POST", "/flow_runs/{id}/input/filter", {
  repeat: READS,
  body: shape(() => ({
    prefix: text(),
    limit: nullAs(integer({ min: 0 }), 1),
    exclude_keys: nullAs(list(text()), []),
  })),
  response: lazy(() => list(flowRunInput())),
  since: 14,
});
/** Answers the value alone, as plain text. */
export const readFlowRunInput = endpoint("GET", "/flow_runs/{id}/input/{key}", { isText: true, since: 14 });
export const deleteFlowRunInput = endpoint("DELETE", "/flow_runs/{id}/input/{key}", { since: 14 });
