// Notes that somebody asked for work: after the answer, so that nobody waits for it. The web UI's looks do not count.

import type { Tx } from "#db/connect.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import type { ServerContext } from "../context.ts";
import type { RequestInfo } from "../http/router.ts";
import { touchQueues } from "./store.ts";

export function notePoll(
  { db, clock, log }: ServerContext,
  request: RequestInfo,
  queueIds: readonly string[],
  agentId: string | null = null,
): void {
  if (request.headers.get("x-prefect-ui") === "true") return;
  db.write((tx) => {
    touchQueues(tx, clock, queueIds);
    if (agentId) for (const queueId of queueIds) upsertAgent(tx, clock, agentId, queueId);
  }).catch((error) => log(`Noting a poll failed: ${error}`));
}

function upsertAgent(tx: Tx, clock: Clock, id: string, queueId: string): void {
  tx.run(
    `insert into agent (id, name, work_queue_id, last_activity_time) values (?, ?, ?, ?)
     on conflict (id) do update set work_queue_id = excluded.work_queue_id,
       last_activity_time = excluded.last_activity_time`,
    ...[id, `agent-${id}`, queueId, timestampNow(clock)],
  );
}
