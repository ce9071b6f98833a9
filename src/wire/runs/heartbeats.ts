// Heartbeats. A route that only orch has: agents and engines report which runs they still look after,
// so that runs whose agent and engine both fell silent are found (loops/lost-runs.ts).
import * as v from "valibot";
import { endpoint, lazy, strictShape } from "../endpoint.ts";
import { list, maybe, text, uuid } from "../primitives.ts";
import { record } from "../record.ts";
import { harmless } from "../repeat.ts";

export const sendHeartbeats = endpoint("POST", "/orch/heartbeats", {
  repeat: harmless("It says that runs are looked after: the time of the last word counts."),
  body: strictShape(() => ({
    flow_run_ids: list(uuid()),
    /** By the id of a run: the token of the execution that the sender has claimed it for. Also of runs that it cannot see now. */
    attempts: maybe(record(text())),
    /** Of the runs of `attempts`: their process has ended. One that waits to be tried again is any agent's to start then. */
    ended: maybe(list(uuid())),
  })),
  /** Those of `attempts` whose run was taken from that execution: they are not looked after by the sender any more. */
  response: lazy(() => v.nullable(v.object({ no_longer_yours: list(uuid()) }))),
  statuses: [204, 200],
  ours: ["attempts", "ended"],
});

/** With a proposed state: its sender sends the heartbeats of the run from now on. Saves a call, and leaves no gap. */
export const HEARTBEAT_HEADER = "x-orch-heartbeat";
