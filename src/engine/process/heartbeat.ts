// Sends heartbeats of a run. The first one after a whole interval: until then those of its agent count. One more is sent when
// the process has slept, because the run may belong to another execution by then: the answer says so (client/attempt.ts).
import { systemClock } from "#lib/clock.ts";
import { watchWake } from "#lib/process/wake.ts";
import { sendHeartbeats } from "#wire/runs/heartbeats.ts";
import type { Session } from "../session/session.ts";

/** Beats until the returned function is called. A beat that does not arrive is no failure: the next one is due anyway. */
export function startHeartbeat(session: Session, flowRunId: string): () => void {
  const stopped = new AbortController();
  const seconds = session.settings.ORCH_HEARTBEAT_SECONDS;

  let nap = new AbortController();
  const stopWatching = watchWake(systemClock, () => nap.abort());

  async function beat(): Promise<void> {
    for (;;) {
      nap = new AbortController();
      await session.clock.sleep(seconds * 1000, AbortSignal.any([nap.signal, stopped.signal]), false);
      if (stopped.signal.aborted) return;
      const call = { signal: stopped.signal, timeoutSeconds: seconds };
      await session.client.call(sendHeartbeats, { body: { flow_run_ids: [flowRunId] } }, call).catch(() => {});
    }
  }
  void beat();
  return () => {
    stopWatching();
    stopped.abort();
  };
}
