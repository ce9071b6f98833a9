// Records that a client asked for work, after the answer was sent, so that it delays none. Requests of the web UI do not count.

import type { RequestInfo } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import { touchQueues, upsertAgent } from "./store.ts";

/** `queueIds` is asked when it is written. What goes wrong is only logged: the asker has its answer. */
export function createPollNote(
  { db, clock, log, events }: ServerContext,
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
      if (touchQueues(tx, clock, ids)) tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      if (agentId) for (const id of ids) upsertAgent(tx, clock, agentId, id);
    }).catch((error) => log(`Noting a poll failed: ${error}`));
  };
}
