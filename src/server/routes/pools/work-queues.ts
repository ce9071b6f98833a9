// The flat work queue routes: queues of the default pool.
import type { Reader } from "#db/connect.ts";
import { OrchError } from "#lib/errors.ts";
import { DEFAULT_POOL } from "#wire/pools/work-pools.ts";
import * as wire from "#wire/pools/work-queues.ts";
import { readFlowRuns } from "../../flow-runs/store.ts";
import { checkFound, found } from "../../http/found.ts";
import { orchestrationNotFound } from "../../http/problem.ts";
import { handle, type Route, reply } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { pageOf } from "../../kernel/paging.ts";
import { preferenceApplied } from "../../long-polls/prefer-wait.ts";
import { defaultPool, readPool } from "../../work-pools/store.ts";
import { dueRunsOfQueue, idsOf, nextDue } from "../../work-queues/due-runs.ts";
import { statusOf } from "../../work-queues/health.ts";
import { createPollNote } from "../../work-queues/polls.ts";
import * as store from "../../work-queues/store.ts";
import { createHeldRequests } from "../../work-queues/wait.ts";

const NOT_FOUND = "work queue not found";

export function workQueueRoutes(context: ServerContext): Route[] {
  const { db, clock, settings, events } = context;
  const heldRequests = createHeldRequests(context);
  const changed = () => events.publish({ type: "runs-due-changed" });
  return [
    handle(wire.createWorkQueue, ({ body }, { write }) =>
      write((tx) => {
        const known = readPool(tx, DEFAULT_POOL);
        const pool = known ?? defaultPool(tx, clock);
        const taken = store.readQueueByName(tx, pool.id, body.name);
        // The pool that was just made came with a queue `default`: that is the one asked for.
        if (taken && !known) return taken;
        if (taken) {
          throw new OrchError("conflict", "A work queue with this name already exists.");
        }
        tx.afterCommit(changed);
        return store.insertQueue(tx, clock, pool.id, body);
      }),
    ),
    handle(wire.readWorkQueue, async ({ params }) =>
      found(await db.read((q) => store.readQueue(q, params.id)), NOT_FOUND),
    ),
    handle(wire.readWorkQueueByName, async ({ params }) =>
      found(
        await db.read((q) => {
          const pool = readPool(q, DEFAULT_POOL);
          return pool && store.readQueueByName(q, pool.id, params.name);
        }),
        NOT_FOUND,
      ),
    ),
    handle(wire.readWorkQueueStatus, ({ params }) =>
      db.read((q) => {
        const queue = store.readQueue(q, params.id);
        if (!queue) throw orchestrationNotFound(`Work queue with id ${params.id} not found`);
        return statusOf(q, queue, clock.now());
      }),
    ),
    handle(wire.readWorkQueueStatuses, async ({ body }) => {
      const page = pageOf(body, settings);
      const now = clock.now();
      return db.read((q) =>
        store.listQueues(q, body.work_queues, page).map((queue) => ({ id: queue.id, ...statusOf(q, queue, now) })),
      );
    }),
    handle(wire.updateWorkQueue, ({ params, body }, { write }) =>
      write((tx) => {
        checkFound(store.updateQueue(tx, clock, params.id, body), NOT_FOUND);
        tx.afterCommit(changed);
      }),
    ),
    handle(wire.deleteWorkQueue, ({ params }, { write }) =>
      write((tx) => {
        checkFound(store.deleteQueue(tx, params.id), NOT_FOUND);
        tx.afterCommit(changed);
      }),
    ),
    handle(wire.listWorkQueues, ({ body }) =>
      db.read((q) => store.listQueues(q, body.work_queues, pageOf(body, settings))),
    ),
    handle(wire.getQueueRuns, async ({ params, body }, request) => {
      const { limit } = pageOf({ limit: body.limit, offset: 0 }, settings);
      const note = createPollNote(context, request, () => [params.id], body.agent_id);
      const queueOf = (q: Reader) => {
        const queue = store.readQueue(q, params.id);
        if (!queue) throw orchestrationNotFound(`Work queue with id ${params.id} not found.`);
        return queue;
      };
      const due = await heldRequests.ask(request, {
        key: params.id,
        before: body.scheduled_before,
        limit,
        due: (before, most) => db.read((q) => dueRunsOfQueue(q, queueOf(q), { before, after: null, limit: most })),
        next: (after) => db.read((q) => nextDue(q, [queueOf(q)], after)),
        onHold: note,
      });
      const runs = await db.read((q) => readFlowRuns(q, idsOf(due), clock.now()));
      note();
      return reply(200, runs, preferenceApplied(request.headers));
    }),
  ];
}
