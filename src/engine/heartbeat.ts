// Signs of life of a run that takes long. The first one after a whole interval: until then the agent's cover it.
import { sendHeartbeats } from "#wire/heartbeats.ts";
import type { Session } from "./session.ts";

/** Beats until the returned function is called. A beat that does not arrive is no failure: the next one is due anyway. */
export function startHeartbeat(session: Session, flowRunId: string): () => void {
  const stopped = new AbortController();
  const seconds = session.settings.ORCH_HEARTBEAT_SECONDS;

  async function beat(): Promise<void> {
    for (;;) {
      await session.clock.sleep(seconds * 1000, stopped.signal, false);
      if (stopped.signal.aborted) return;
      const call = { signal: stopped.signal, timeoutSeconds: seconds };
      await session.client.call(sendHeartbeats, { body: { flow_run_ids: [flowRunId] } }, call).catch(() => {});
    }
  }
  void beat();
  return () => stopped.abort();
}
