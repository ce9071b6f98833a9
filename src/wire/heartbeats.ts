// Signs of life. A route of orch's own, beside the old API: agents and engines say which runs they still look after,
// so that runs whose agent and engine both fell silent are found (loops/lost-runs.ts).
import * as v from "valibot";
import { endpoint, lazy } from "./endpoint.ts";
import { list, uuid } from "./primitives.ts";

export const sendHeartbeats = endpoint("POST", "/orch/heartbeats", {
  body: lazy(() => v.strictObject({ flow_run_ids: list(uuid()) })),
  statuses: [204],
});

/** With a proposed state: whoever proposes it looks after the run from now on. Saves a call, and leaves no gap. */
export const HEARTBEAT_HEADER = "x-orch-heartbeat";
