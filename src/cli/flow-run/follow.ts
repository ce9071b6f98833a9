// Follows a run to its end: its log and its states, line by line, as they come.
import type { Client } from "#client/client.ts";
import { isTerminal } from "#domain/states.ts";
import type { Clock } from "#lib/clock.ts";
import { toMillis } from "#lib/timestamps.ts";
import { type FlowRun, readFlowRun } from "#wire/flow-runs.ts";
import type { Io } from "../command.ts";
import { logTail } from "../logs.ts";
import { logLine } from "./log-line.ts";

const LOOK_EVERY_MS = 200;
/** An agent that is there takes a run at once. */
const UNTAKEN_AFTER_MS = 5_000;

export interface FollowOptions {
  client: Client;
  clock: Clock;
  /** Where the lines go: standard error when JSON is printed. */
  say: (line: string) => void;
  paint: Io["paint"];
  /** Aborted when nobody wants to know any more. The run goes on. */
  signal: AbortSignal;
}

/** The run as it was last seen: at its end, unless the signal came first. */
export async function followRun(id: string, options: FollowOptions): Promise<FlowRun> {
  const { client, clock, say, paint, signal } = options;
  const began = clock.now();
  let warned = false;
  const tail = logTail(client, { flow_run_id: { any_: [id] } });
  let state: string | null = null;
  for (;;) {
    const run = await client.call(readFlowRun, { params: { id } });
    const ended = isTerminal(run.state_type);
    if (!ended && run.state_name !== state) say(`Flow run '${run.name}' is ${described(run)}`);
    state = run.state_name;
    // A run ships the last of its log when its end is known.
    if (ended) await clock.sleep(LOOK_EVERY_MS);
    for await (const lines of tail.next()) {
      for (const line of lines) say(logLine(line, `Flow run '${run.name}'`));
    }
    if (ended) {
      const color = run.state_type === "COMPLETED" ? paint.good : paint.bad;
      say(color(`Flow run '${run.name}' finished in state ${described(run)}`));
    }
    if (ended || signal.aborted) return run;
    const due = run.expected_start_time ? toMillis(run.expected_start_time) : began;
    if (!warned && run.state_type === "SCHEDULED" && clock.now() - Math.max(began, due) > UNTAKEN_AFTER_MS) {
      say(paint.bad(untaken(run)));
      warned = true;
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

function described({ state_name, state }: FlowRun): string {
  return state?.message ? `${state_name}: ${state.message}` : String(state_name);
}

function untaken({ work_queue_name: queue }: FlowRun): string {
  if (!queue) return "Nobody takes this run: its deployment has no work queue. Build it again with -q.";
  return `Nobody has taken this run yet. Start an agent in another terminal: orch agent start -q '${queue}'`;
}
