// The flat work queue routes: queues of the default pool.
import { OrchError } from "#lib/errors.ts";
import { DEFAULT_POOL } from "#wire/work-pools.ts";
import * as wire from "#wire/work-queues.ts";
import type { ServerContext } from "../context.ts";
import { readFlowRuns } from "../flow-runs/store.ts";
import { orchestrationNotFound } from "../http/problem.ts";
import { handle, type Route } from "../http/router.ts";
import { pageOf } from "../paging.ts";
import { defaultPool, readPool } from "../work-pools/store.ts";
import { dueRunsOfQueue, nextDue } from "./due-runs.ts";
import { notePoll } from "./polls.ts";
import * as store from "./store.ts";
import { waitForRuns } from "./wait.ts";

const NOT_FOUND = "work queue not found";

function must<T>(queue: T | undefined | false): T {
  if (queue === undefined || queue === false) throw new OrchError("not_found", NOT_FOUND);
  return queue;
}

export function workQueueRoutes(context: ServerContext): Route[] {
  const { db, clock, settings, events } = context;
  const changed = () => events.publish({ type: "runs-due-changed" });
  return [
    handle(wire.createWorkQueue, ({ body }) =>
      db.write((tx) => {
        const pool = defaultPool(tx, clock);
        if (store.readQueueByName(tx, pool.id, body.name)) {
          throw new OrchError("conflict", "A work queue with this name already exists.");
        }
        tx.afterCommit(changed);
        return store.insertQueue(tx, clock, pool.id, body);
      }),
    ),
    handle(wire.readWorkQueue, async ({ params }) => must(await db.read((q) => store.readQueue(q, params.id)))),
    handle(wire.readWorkQueueByName, async ({ params }) =>
      must(
        await db.read((q) => {
          const pool = readPool(q, DEFAULT_POOL);
          return pool && store.readQueueByName(q, pool.id, params.name);
        }),
      ),
    ),
    handle(wire.updateWorkQueue, async ({ params, body }) => {
      await db.write((tx) => {
        must(store.updateQueue(tx, clock, params.id, body));
        tx.afterCommit(changed);
      });
      return null;
    }),
    handle(wire.deleteWorkQueue, async ({ params }) => {
      await db.write((tx) => {
        must(store.deleteQueue(tx, params.id));
        tx.afterCommit(changed);
      });
      return null;
    }),
    handle(wire.listWorkQueues, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listQueues(q, body.work_queues, page));
    }),
    handle(wire.getQueueRuns, async ({ params, body }, request) => {
      const { limit } = pageOf({ limit: body.limit, offset: 0 }, settings);
      const runs = await waitForRuns(context, request, body.scheduled_before, (before) =>
        db.read((q) => {
          const queue = store.readQueue(q, params.id);
          if (!queue) throw orchestrationNotFound(`Work queue with ID ${params.id} not found.`);
          const due = dueRunsOfQueue(q, queue, { before, after: null, limit });
          const next = before === null || due.length > 0 ? undefined : nextDue(q, [queue], before);
          return {
            found: readFlowRuns(
              q,
              due.map(({ id }) => id),
              clock.now(),
            ),
            next,
          };
        }),
      );
      notePoll(context, request, [params.id], body.agent_id);
      return runs;
    }),
  ];
}
