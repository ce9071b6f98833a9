// Hands the run of this process back when the process has to end before the run has begun. Loaded when that happens.
import { retryUntilAvailable } from "#lib/retry.ts";
import { handBackRuns } from "#wire/pools/agents.ts";
import { parseAttempt } from "#wire/runs/attempts.ts";
import type { Session } from "../session/session.ts";
import { CRASH_REPORT_SECONDS } from "./crash.ts";

/** `attempt`: `FLOW_RUN_ID/TOKEN`. False when the run has begun, is being cancelled, or the server does not answer. Never rejects. */
export async function handedBack(session: Pick<Session, "client" | "clock">, attempt: string): Promise<boolean> {
  const { flowRunId, token } = parseAttempt(attempt) ?? {};
  if (!flowRunId || token === undefined) return false;
  const signal = AbortSignal.timeout(CRASH_REPORT_SECONDS * 1000);
  const patience = { clock: session.clock, seconds: CRASH_REPORT_SECONDS, signal };
  const body = { attempts: { [flowRunId]: token } };
  try {
    const { handed_back } = await retryUntilAvailable(patience, (idempotencyKey) =>
      session.client.call(handBackRuns, { body }, { signal, idempotencyKey }),
    );
    return handed_back.includes(flowRunId);
  } catch {
    return false;
  }
}
