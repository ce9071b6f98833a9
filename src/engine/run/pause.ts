// Pauses the flow run of this process: it waits to be resumed, or it ends and another process continues the run.
// Loaded by the first pause.
import { FlowPauseTimeout } from "#domain/run-errors.ts";
import { fromWire } from "#domain/run-state.ts";
import { OrchError } from "#lib/errors.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { getChangedFlowRun } from "#wire/long-polls.ts";
import { type FlowRun, readFlowRun } from "#wire/runs/flow-runs.ts";
import type { State, StateInput } from "#wire/runs/states.ts";
import type { Pause } from "../session/context.ts";
import { propose } from "../session/propose.ts";
import { retryingClient } from "../session/retrying-client.ts";
import { PausedRun, type Scope } from "../session/scope.ts";
import type { Session } from "../session/session.ts";

export const USUAL_POLL_SECONDS = 10;
const LEAST_POLL_SECONDS = 0.1;

/** What a paused run is proposed as. */
export function pausedState(now: number, { timeout, reschedule, key }: Omit<Pause, "pollInterval">): StateInput {
  const pause_timeout = timeout === null ? null : toTimestamp(now + timeout * 1000);
  const details = { pause_timeout, pause_reschedule: reschedule, pause_key: key ?? null };
  return { type: "PAUSED", name: "Paused", state_details: details };
}

/** Resolves when the run goes on. Throws PausedRun when this process has to end, FlowPauseTimeout when time is up. */
export async function pauseHere(session: Session, scope: Scope, pause: Pause): Promise<void> {
  scope.signal.throwIfAborted();
  const key = pause.key ?? String(scope.nextIndex("pause"));
  scope.logger.info("Pausing flow, execution will continue when this flow run is resumed.");
  const ref = { kind: "flow", id: scope.flowRun.id } as const;
  const { state, details } = await propose(session, ref, pausedState(session.clock.now(), { ...pause, key }));
  if (details.type === "abort_details") {
    throw new OrchError("invalid", `Flow run cannot be paused: ${details.reason}`);
  }
  // This pause was over before: the run was started again, and comes by once more.
  if (state?.type === "RUNNING") return;
  if (state?.type !== "PAUSED") {
    const sentence = `Flow run cannot be paused. Received non-paused state from API: ${fromWire(state)}`;
    throw new OrchError("invalid", sentence);
  }
  await untilResumed(session, scope, state, Math.max(pause.pollInterval, LEAST_POLL_SECONDS));
}

/** Waits until the pause of the run is over, also one that was not begun here. */
export async function untilResumed(session: Session, scope: Scope, paused: State, pollInterval: number): Promise<void> {
  if (paused.state_details.pause_reschedule) {
    scope.pause(paused);
    throw new PausedRun();
  }
  const { pause_timeout } = paused.state_details;
  const end = pause_timeout === null ? Number.POSITIVE_INFINITY : Date.parse(pause_timeout);
  for (;;) {
    const left = (end - session.clock.now()) / 1000;
    const run = await change(session, scope, paused, Math.min(pollInterval, Math.max(left, 0)));
    scope.signal.throwIfAborted();
    if (run?.state_type === "RUNNING") {
      scope.logger.info("Resuming flow run execution!");
      return;
    }
    // Paused again before we have looked.
    if (run?.state_type === "PAUSED" && run.state) return untilResumed(session, scope, run.state, pollInterval);
    if (left <= 0 || (run && fromWire(run.state).isFinal())) {
      throw new FlowPauseTimeout("Flow run was paused and never resumed.");
    }
    if (run) throw new OrchError("invalid", `Flow run was paused, and is ${run.state_name} now.`);
  }
}

/** The run if it has left the state, after at most `seconds`. */
async function change(session: Session, scope: Scope, paused: State, seconds: number): Promise<FlowRun | undefined> {
  const client = retryingClient({ ...session, signal: scope.signal });
  const { id } = scope.flowRun;
  try {
    const body = { flow_run_id: id, state_id: paused.id };
    const [run] = await client.call(getChangedFlowRun, { body }, { waitSeconds: seconds });
    return run;
  } catch (error) {
    // An old server, which knows no such route.
    if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
  }
  await session.clock.sleep(seconds * 1000, scope.signal);
  const run = await client.call(readFlowRun, { params: { id } });
  return run.state_id === paused.id ? undefined : run;
}

/** The pause that keeps a task from starting. Undefined when it is over already. */
export async function currentPause(session: Session, scope: Scope): Promise<State | undefined> {
  const run = await retryingClient(session).call(readFlowRun, { params: { id: scope.flowRun.id } });
  return run.state?.type === "PAUSED" ? run.state : undefined;
}
