// What orch's own agents ask, beside the old API: routes that need no polling and know prefixes of queue names.
import * as v from "valibot";
import { MOST_PATTERN_LENGTH } from "#lib/limits.ts";
import { endpoint, type In, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { integer, list, maybe, text, timestamp, uuid } from "../primitives.ts";
import { record } from "../record.ts";
import { ACTS, READS } from "../repeat.ts";
import { flowRun } from "../runs/flow-runs.ts";
import { scheduledFlowRun } from "./work-pools.ts";

/** An agent's queues: by name, or by the beginning of the name; neither means all of the pool. */
const scope = () => ({
  /** Nothing means the default pool, or with prefixes any pool. */
  work_pool_name: maybe(text()),
  work_queue_names: maybe(list(text())),
  work_queue_prefixes: maybe(list(text({ max: MOST_PATTERN_LENGTH }))),
});

const agentScope = strictShape(scope);
export type AgentScope = In<typeof agentScope>;

/** As a pool's `get_scheduled_flow_runs`, for all queues that match: also those that are made while the answer is held. */
export const getMatchingRuns = endpoint("POST", "/orch/matching_flow_runs", {
  repeat: READS,
  body: strictShape(() => ({
    ...scope(),
    scheduled_before: maybe(timestamp()),
    limit: v.optional(v.nullable(integer())),
  })),
  response: lazy(() => list(scheduledFlowRun())),
});

/** `process_start`: of the process in `infrastructure_pid`, where its agent has said it. */
export const cancellingRun = shape(() => ({ ...flowRun().entries, process_start: v.nullable(text()) }));
export type CancellingRun = Out<typeof cancellingRun>;

/** Runs of these queues that are to be cancelled. With `Prefer: wait=N` held until there is one. */
export const getCancellations = endpoint("POST", "/orch/cancellations", {
  repeat: READS,
  body: strictShape(() => ({
    ...scope(),
    except_flow_run_ids: list(uuid()),
    /** Only these runs are looked at. */
    flow_run_ids: maybe(list(uuid())),
  })),
  response: lazy(() => list(cancellingRun())),
});

/** With a process that is noted for a run: when it was started, by its system's count. Its number may be used again. */
export const PROCESS_START_HEADER = "x-orch-process-start";

/**
 * Gives runs back that were claimed and have not begun: each is again what it was before, and any agent may take it. `attempts`:
 * by the id of a run, the token of the claim. Answers with those that were given back, and with those that were taken from that
 * claim (`no_longer_yours`; older servers do not say it), as when their schedule was paused; all others have begun.
 */
export const handBackRuns = endpoint("POST", "/orch/hand_back", {
  repeat: ACTS,
  body: strictShape(() => ({ attempts: record(text()) })),
  response: shape(() => ({ handed_back: list(uuid()), no_longer_yours: v.optional(list(uuid())) })),
});
