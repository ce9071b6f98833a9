// Hands the run of this process back when the process has to end before the run has begun. Loaded when that happens.
import { patiently } from "#lib/patience.ts";
import { parseAttempt } from "#wire/runs/attempts.ts";
import { handBackRuns } from "#wire/work/agents.ts";
import type { Session } from "../session.ts";
import { CRASH_PATIENCE_SECONDS } from "./crash.ts";

/** `attempt`: `FLOW_RUN_ID/TOKEN`. False when the run has begun, is being cancelled, or the server does not answer. Never rejects. */
export async function handedBack(session: Pick<Session, "client" | "clock">, attempt: string): Promise<boolean> {
  const { flowRunId, token } = parseAttempt(attempt) ?? {};
  if (!flowRunId || token === undefined) return false;
  const signal = AbortSignal.timeout(CRASH_PATIENCE_SECONDS * 1000);
  const patience = { clock: session.clock, seconds: CRASH_PATIENCE_SECONDS, signal };
  const body = { attempts: { [flowRunId]: token } };
  try {
    const { handed_back } = await patiently(patience, (idempotencyKey) =>
      session.client.call(handBackRuns, { body }, { signal, idempotencyKey }),
    );
    return handed_back.includes(flowRunId);
  } catch {
    return false;
  }
}
