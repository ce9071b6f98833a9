// Follows a run at the terminal until it ends or Ctrl-C is pressed. Returns the exit code: 0 completed, 1 not, 130 Ctrl-C.
import type { Client } from "#client/client.ts";
import { isTerminal } from "#domain/states.ts";
import { systemClock } from "#lib/clock.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import type { Io } from "../kit/command.ts";
import type { FollowOptions } from "./follow.ts";

/** Of a command that was stopped by Ctrl-C, as shells have it. */
const EXIT_INTERRUPTED = 130;

type Way = Pick<FollowOptions, "say"> & Partial<Pick<FollowOptions, "onLog" | "isQuiet" | "isWarned">>;

/** The run as it was last seen. Ctrl-C ends the watching, not the run. */
export async function watchRun(client: Client, run: FlowRun, io: Io, way: Way): Promise<FlowRun> {
  const [{ followRun }, { watchInterrupts }] = await Promise.all([
    import("./follow.ts"),
    import("../terminal/interrupts.ts"),
  ]);
  const stop = new AbortController();
  const interrupts = watchInterrupts();
  interrupts.first.then(() => stop.abort());
  try {
    const last = await followRun(run.id, { client, clock: systemClock, paint: io.paint, signal: stop.signal, ...way });
    if (!isTerminal(last.state_type) && !way.isQuiet) {
      way.say(`No longer watching. Flow run '${run.name}' goes on; 'orch flow-run cancel ${run.id}' ends it.`);
    }
    return last;
  } finally {
    interrupts.remove();
  }
}

/** 0 for a completed run, 1 for one that ended otherwise, 130 when the watching was stopped. */
export function exitCodeOf({ state_type }: FlowRun): number {
  if (state_type === "COMPLETED") return 0;
  return isTerminal(state_type) ? 1 : EXIT_INTERRUPTED;
}
