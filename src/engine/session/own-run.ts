// Checks, when a process has slept, that its flow run was not taken over, before code of the user goes on.
import { OrchError } from "#lib/errors.ts";
import { hasOverslept } from "#lib/process/wake.ts";
import { callUntilAvailable } from "#lib/retry.ts";
import { parseAttempt } from "#wire/runs/attempts.ts";
import { readFlowRun } from "#wire/runs/flow-runs.ts";
import type { Session } from "./session.ts";

/**
 * Called after something that was to take `millis` from `began` on, a moment of the clock's `now`. A run that was taken from
 * the process ends it (client/attempt.ts).
 */
export async function ownRunAfter(session: Session, began: number, millis: number): Promise<void> {
  const id = session.attempt && parseAttempt(session.attempt)?.flowRunId;
  if (!id || !hasOverslept(session.clock, began, millis)) return;
  await callUntilAvailable(session, (call) => session.client.call(readFlowRun, { params: { id } }, call)).catch(
    (error) => {
      if (!(error instanceof OrchError) || error.code !== "not_found") throw error; // deleted meanwhile
    },
  );
}
