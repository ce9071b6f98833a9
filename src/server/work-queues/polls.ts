// Notes that somebody asked for work: after the answer, so that nobody waits for it. The web UI's looks do not count.
import type { ServerContext } from "../context.ts";
import type { RequestInfo } from "../http/router.ts";
import { touchQueues, upsertAgent } from "./store.ts";

/** `queueIds` is asked when it is written. What goes wrong is only logged: the asker has its answer. */
export function createPollNote(
  { db, clock, log }: ServerContext,
  request: RequestInfo,
  queueIds: () => readonly string[],
  agentId: string | null = null,
): () => void {
  let noted = request.headers.get("x-prefect-ui") === "true";
  return () => {
    if (noted) return;
    noted = true;
    const ids = queueIds();
    db.write((tx) => {
      touchQueues(tx, clock, ids);
      if (agentId) for (const id of ids) upsertAgent(tx, clock, agentId, id);
    }).catch((error) => log(`Noting a poll failed: ${error}`));
  };
}
