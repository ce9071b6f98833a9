// Many runs or deployments at once: choosing them by a filter, with a count, then acting on them some at a time.
import * as v from "valibot";
import { endpoint, type Out, shape, strictShape } from "../endpoint.ts";
import { deploymentFilters, nullAs, runAndPoolFilters } from "../filters.ts";
import { integer, list, maybe, oneOf, text, uuid } from "../primitives.ts";
import { ACTS, READS } from "../repeat.ts";

export const FLOW_RUN_ACTIONS = ["cancel", "retry", "delete"] as const;
export type FlowRunAction = (typeof FLOW_RUN_ACTIONS)[number];
export const DEPLOYMENT_ACTIONS = ["pause", "resume", "delete"] as const;
export type DeploymentAction = (typeof DEPLOYMENT_ACTIONS)[number];

/** Chosen by one call at most. */
const MOST_CHOSEN = 50_000;
const USUAL_CHOSEN = 10_000;
/** Acted on by one call at most. */
export const MOST_AT_ONCE = 100;

/**
 * `count`: those that the filter means. `ids`: those of them that the action fits, the newest first, `most` of them at most; `fits` counts them all. `unfit`: the
 * others, by the reason. `names`: the first five of the ids, for a question.
 */
export const chosen = shape(() => ({
  count: integer(),
  fits: integer(),
  ids: list(uuid()),
  names: list(text()),
  unfit: list(v.object({ reason: text(), count: integer() })),
}));
export type Chosen = Out<typeof chosen>;

const most = () => nullAs(integer({ min: 0, max: MOST_CHOSEN }), USUAL_CHOSEN);

/**
 * `done`: how many were changed. `unchanged`: how many were as wished already. `left`: those that this call had no more time for, to be sent again.
 * What is sent twice does no harm: what was done is unchanged the second time.
 */
export const bulkOutcome = shape(() => ({
  done: integer(),
  unchanged: integer(),
  refused: list(v.object({ id: uuid(), name: v.nullable(text()), reason: text() })),
  left: list(uuid()),
}));
export type BulkOutcome = Out<typeof bulkOutcome>;

const ids = () =>
  v.pipe(list(uuid()), v.maxLength(MOST_AT_ONCE, `ensure this value has at most ${MOST_AT_ONCE} items`));

export const chooseFlowRuns = endpoint("POST", "/orch/flow_runs/bulk/choose", {
  repeat: READS,
  body: strictShape(() => ({ action: oneOf(FLOW_RUN_ACTIONS), ...runAndPoolFilters(), most: most() })),
  response: chosen,
});
/** `message`: of the states that the runs get. */
export const changeFlowRuns = endpoint("POST", "/orch/flow_runs/bulk", {
  repeat: ACTS,
  body: strictShape(() => ({ action: oneOf(FLOW_RUN_ACTIONS), ids: ids(), message: maybe(text()) })),
  response: bulkOutcome,
});
export const chooseDeployments = endpoint("POST", "/orch/deployments/bulk/choose", {
  repeat: READS,
  body: strictShape(() => ({ action: oneOf(DEPLOYMENT_ACTIONS), ...deploymentFilters(), most: most() })),
  response: chosen,
});
export const changeDeployments = endpoint("POST", "/orch/deployments/bulk", {
  repeat: ACTS,
  body: strictShape(() => ({ action: oneOf(DEPLOYMENT_ACTIONS), ids: ids() })),
  response: bulkOutcome,
});
