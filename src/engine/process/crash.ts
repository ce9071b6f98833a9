// Marks every unfinished run as CRASHED, best effort, within 10 seconds.
import type { Client } from "#client/client.ts";
import { isMisaddressed } from "#client/transport.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isUnavailable, retryUntilAvailable } from "#lib/retry.ts";
import { readFlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";
import { setTaskRunState } from "#wire/runs/task-runs.ts";
import { describeError } from "../logs/stack.ts";
import { Interruption } from "../session/interruption.ts";
import type { RunRef, Session } from "../session/session.ts";

/** An agent that cancels kills hard after 30 s: be done before. */
export const CRASH_REPORT_SECONDS = 10;

export interface Crash {
  message: string;
  exitCode: number;
}

/** What ended the run, as its CRASHED state says it. */
export function crashOf(error: unknown, client: Client, folder: string | null): Crash {
  if (error instanceof Interruption) {
    const cause = error.cause === undefined ? "" : describeError(error.cause, folder);
    return { message: `${error.message}${cause}`, exitCode: error.exitCode };
  }
  if (isUnavailable(error) || isMisaddressed(error))
    return { message: `Request to ${client.description} failed: ${messageOf(error)}`, exitCode: 1 };
  const text = error instanceof OrchError ? error.message : describeError(error, folder);
  return { message: `Execution was interrupted by an unexpected exception: ${text}`, exitCode: 1 };
}

/** For the state of a run to be read, and for its log to be sent, before its end is reported. */
const LOG_SECONDS = 2;

/** The log of each flow run gets the reason, and is sent before the end is known. Within seconds. Never rejects. */
export async function logCrash(session: Session, runs: Iterable<RunRef>, message: string): Promise<void> {
  const signal = AbortSignal.timeout(LOG_SECONDS * 1000);
  const patience = { clock: session.clock, seconds: LOG_SECONDS, signal };
  const logs = [...runs].map(async ({ id, logger }) => {
    if (!logger) return;
    const read = () => session.client.call(readFlowRun, { params: { id } }, { signal });
    const run = await retryUntilAvailable(patience, read).catch(() => undefined);
    if (run?.state_type === "CANCELLING") logger.info("The flow run is being cancelled. Its process ends.");
    else logger.error(`Crash detected! ${message}`);
  });
  await Promise.all(logs);
  if (logs.length > 0) await session.logs.drain(LOG_SECONDS);
}

/** Not forced: a run that is CANCELLING stays so, the agent turns it CANCELLED. Never rejects. */
export async function reportCrash(
  session: Pick<Session, "client" | "clock">,
  runs: Iterable<RunRef>,
  message: string,
): Promise<void> {
  const over = new AbortController();
  const patience = { clock: session.clock, seconds: CRASH_REPORT_SECONDS, signal: over.signal };
  const body = { state: { type: "CRASHED" as const, name: "Crashed", message } };
  const reports = [...runs].map((run) => {
    const endpoint = run.kind === "flow" ? setFlowRunState : setTaskRunState;
    return retryUntilAvailable(patience, (idempotencyKey) =>
      session.client.call(endpoint, { params: { id: run.id }, body }, { signal: over.signal, idempotencyKey }),
    );
  });
  const deadline = session.clock.sleep(CRASH_REPORT_SECONDS * 1000, over.signal);
  await Promise.race([Promise.allSettled(reports), deadline]);
  over.abort();
}
