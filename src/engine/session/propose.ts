// Proposes states to the server and acts on its verdicts: waits, retries, gives up.
import { usualName } from "#domain/run-state.ts";
import { RETRY_SECONDS, retryUntilAvailable } from "#lib/retry.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { ResultMetadata } from "#wire/artifacts.ts";
import { setFlowRunState } from "#wire/runs/flow-runs.ts";
import type { OrchestrationResult, State, StateInput } from "#wire/runs/states.ts";
import { setTaskRunState } from "#wire/runs/task-runs.ts";
import { ownRunAfter } from "./own-run.ts";
import type { RunRef, Session } from "./session.ts";

interface ProposeOptions {
  /** Passes the rules by. Default: false. */
  force?: boolean;
  /** What people are shown of the result. */
  result_metadata?: ResultMetadata | undefined;
}

/** Offers a state until the server answers. */
export function propose(
  session: Session,
  run: RunRef,
  state: StateInput,
  { force = false, result_metadata }: ProposeOptions = {},
): Promise<OrchestrationResult> {
  const endpoint = run.kind === "flow" ? setFlowRunState : setTaskRunState;
  const { clock, signal, onWait } = session;
  const body = { state, force, ...(result_metadata ? { result_metadata } : {}) };
  return retryUntilAvailable({ clock, signal, onWait, seconds: RETRY_SECONDS }, async (idempotencyKey) => {
    signal.throwIfAborted();
    return session.client.call(endpoint, { params: { id: run.id }, body }, { signal, idempotencyKey });
  });
}

/** Where a run stands after it asked to start: `state.type` is RUNNING if it may. */
export interface Start {
  state: State | null;
  reason: string | null;
}

/** A server that has us wait for a time so long past means something else. */
const CLOCKS_APART_MS = 2_000;

/**
 * Asks to start, and waits as long as the server says: to the very millisecond of a scheduled time, or for a slot of the
 * run's tags as `waitForSlot` does it.
 */
export async function proposeRunning(
  session: Session,
  run: RunRef,
  stateDetails: StateInput["state_details"] = {},
  waitForSlot?: (seconds: number) => Promise<void>,
): Promise<Start> {
  const running: StateInput = { type: "RUNNING", name: "Running", state_details: stateDetails };
  for (let tries = 0; ; tries++) {
    const asked = session.clock.now();
    const { state, details, status } = await propose(session, run, running);
    if (details.type === "accept_details") {
      // The answer may have waited for a process that slept. No run is lost within the time between two heartbeats.
      await ownRunAfter(session, asked, session.settings.ORCH_HEARTBEAT_SECONDS * 1000);
      return { state, reason: null };
    }
    if (details.type !== "wait_details") {
      const reason = details.reason;
      return { state: status === "ABORT" && state?.type === "RUNNING" ? null : state, reason };
    }
    const due = state?.state_details.scheduled_time;
    const left = due ? toMillis(due) - session.clock.now() : details.delay_seconds * 1000;
    if (waitForSlot && (!due || left < -CLOCKS_APART_MS)) {
      await waitForSlot(details.delay_seconds);
      continue;
    }
    // Due by our clock but not by the server's: ask again, ever more slowly.
    const pause = left > 0 ? left : Math.min(2 ** tries, details.delay_seconds * 1000);
    await session.clock.sleep(pause, session.signal);
    session.signal.throwIfAborted();
  }
}

/**
 * Waits for the retry the server ordered; `delaySeconds` keeps the fraction that the wire cuts off. `failedAt` is a moment
 * of the clock's `elapsed`.
 */
export async function waitForRetry(session: Session, state: State, failedAt: number, delaySeconds: number) {
  const scheduled = state.state_details.scheduled_time;
  const untilScheduled = scheduled ? toMillis(scheduled) - session.clock.now() : 0;
  const untilDelayed = failedAt + delaySeconds * 1000 - session.clock.elapsed();
  await session.clock.sleep(Math.max(untilScheduled, untilDelayed), session.signal);
  session.signal.throwIfAborted();
}

/** The delay before retry number `retry` (1 is the first): one for all, or the list's last for those beyond it. */
export function retryDelay(delays: number | readonly number[] | undefined, retry: number): number {
  if (typeof delays === "number") return delays;
  return delays?.[Math.min(retry, delays.length) - 1] ?? 0;
}

/** `AwaitingRetry` and its like: SCHEDULED again after a failure. */
export function isRetry(state: State | null): state is State {
  return state?.type === "SCHEDULED";
}

export function pendingState(): StateInput {
  return { type: "PENDING", name: usualName("PENDING") };
}
