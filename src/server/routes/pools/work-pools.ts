// The work pool routes. Names that begin with "prefect" are the vendor's: their pools take only a pause and a limit.
import type { Reader } from "#db/connect.ts";
import { OrchError } from "#lib/errors.ts";
import { releaseOf } from "#wire/later.ts";
import * as wire from "#wire/pools/work-pools.ts";
import { readFlowRuns } from "../../flow-runs/store.ts";
import { handle, type Route, reply } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { pageOf } from "../../kernel/paging.ts";
import { preferenceApplied } from "../../long-polls/prefer-wait.ts";
import * as store from "../../work-pools/store.ts";
import { dueRunsOfPool, idsOf, nextDue } from "../../work-queues/due-runs.ts";
import { createPollNote } from "../../work-queues/polls.ts";
import { listQueues } from "../../work-queues/store.ts";
import { createHeldRequests } from "../../work-queues/wait.ts";
import { known, queuesNamed } from "./pool-queues.ts";

const ALL_QUEUES = { limit: 1_000_000, offset: 0 };

function refuseReserved(name: string): void {
  if (!/^prefect/i.test(name)) return;
  throw new OrchError("forbidden", "Work pools starting with 'Prefect' are reserved for internal use.");
}

export function workPoolRoutes(context: ServerContext): Route[] {
  const { db, clock, settings, events } = context;
  const changed = () => events.publish({ type: "runs-due-changed" });
  const heldRequests = createHeldRequests(context);
  return [
    handle(wire.createWorkPool, ({ body }, { write }) =>
      write((tx) => {
        refuseReserved(body.name);
        if (store.readPool(tx, body.name)) {
          throw new OrchError("conflict", "A work pool with this name already exists.");
        }
        tx.afterCommit(changed);
        return store.insertPool(tx, clock, body);
      }),
    ),
    handle(wire.readWorkPool, async ({ params }) => {
      return known(await db.read((q) => store.readPool(q, params.name)), params.name);
    }),
    handle(wire.updateWorkPool, async ({ params, body }, { write }) => {
      if (body.description !== undefined || body.base_job_template !== undefined) refuseReserved(params.name);
      await write((tx) => {
        known(store.updatePool(tx, clock, params.name, body) || undefined, params.name);
        tx.afterCommit(changed);
      });
    }),
    handle(wire.deleteWorkPool, async ({ params }, { write }) => {
      refuseReserved(params.name);
      await write((tx) => {
        known(store.deletePool(tx, params.name) || undefined, params.name);
        tx.afterCommit(changed);
      });
    }),
    handle(wire.listWorkPools, ({ body }) =>
      db.read((q) => store.listPools(q, body.work_pools, pageOf(body, settings))),
    ),
    handle(wire.getPoolRuns, async ({ params, body }, request) => {
      const { limit } = pageOf({ limit: body.limit, offset: 0 }, settings);
      const names = body.work_queue_names ?? [];
      let polled: string[] = [];
      const note = createPollNote(context, request, () => polled);
      const queuesOf = (q: Reader) => {
        const pool = known(store.readPool(q, params.name), params.name);
        const queues = names.length > 0 ? queuesNamed(q, pool, names) : listQueues(q, null, ALL_QUEUES, pool.id);
        polled = queues.map(({ id }) => id);
        return { pool, queues };
      };
      const due = await heldRequests.ask(request, {
        key: JSON.stringify([params.name, body.scheduled_after, names.toSorted()]),
        before: body.scheduled_before,
        limit,
        due: (before, most) =>
          db.read((q) => {
            const { pool, queues } = queuesOf(q);
            return dueRunsOfPool(q, pool, queues, { before, after: body.scheduled_after, limit: most });
          }),
        next: (after) => db.read((q) => nextDue(q, queuesOf(q).queues, after)),
        onHold: note,
      });
      const found = await db.read((q) => {
        const { pool } = queuesOf(q);
        const queueIds = new Map(due.map(({ id, work_queue_id }) => [id, work_queue_id]));
        return readFlowRuns(q, idsOf(due), clock.now(), releaseOf(request.headers)).map(
          ({ work_pool_name: _, ...run }) => {
            const work_queue_id = queueIds.get(run.id) ?? "";
            // The old server leaves the state out here.
            return { work_pool_id: pool.id, work_queue_id, flow_run: { ...run, work_queue_id, state: null } };
          },
        );
      });
      note();
      return reply(200, found, preferenceApplied(request.headers));
    }),
  ];
}
