// What orch's own processes ask to learn of a change in the moment it happens, beside the old API.
import { endpoint, lazy, strictShape } from "./endpoint.ts";
import { list, text, uuid } from "./primitives.ts";
import { READS } from "./repeat.ts";
import { flowRun } from "./runs/flow-runs.ts";

/**
 * The run, once it is in another state than the one named; nothing until then, or when it is gone. With `Prefer: wait=N`
 * held until there is something to say.
 */
export const getChangedFlowRun = endpoint("POST", "/orch/changed_flow_run", {
  repeat: READS,
  body: strictShape(() => ({ flow_run_id: uuid(), state_id: uuid() })),
  response: lazy(() => list(flowRun())),
});

/** The tags, once none of their concurrency limits is full; nothing until then. Held as above. */
export const getFreeSlots = endpoint("POST", "/orch/free_slots", {
  repeat: READS,
  body: strictShape(() => ({ tags: list(text()) })),
  response: lazy(() => list(text())),
});
