// The work pool routes. Names that begin with "prefect" are the vendor's: their pools take only a pause and a limit.
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/work-pools.ts";
import type { ServerContext } from "../context.ts";
import { readFlowRuns } from "../flow-runs/store.ts";
import { handle, type Route } from "../http/router.ts";
import { pageOf } from "../paging.ts";
import { dueRunsOfPool, nextDue } from "../work-queues/due-runs.ts";
import { notePoll } from "../work-queues/polls.ts";
import { listQueues } from "../work-queues/store.ts";
import { waitForRuns } from "../work-queues/wait.ts";
import { queuesNamed } from "./queue-routes.ts";
import * as store from "./store.ts";

const ALL_QUEUES = { limit: 1_000_000, offset: 0 };

function refuseReserved(name: string): void {
  if (!/^prefect/i.test(name)) return;
  throw new OrchError("forbidden", "Work pools starting with 'Prefect' are reserved for internal use.");
}

export function workPoolRoutes(context: ServerContext): Route[] {
  const { db, clock, settings, events } = context;
  const changed = () => events.publish({ type: "runs-due-changed" });
  const notFound = (name: string) => new OrchError("not_found", `Work pool '${name}' not found.`);
  return [
    handle(wire.createWorkPool, ({ body }) =>
      db.write((tx) => {
        refuseReserved(body.name);
        if (store.readPool(tx, body.name)) {
          throw new OrchError("conflict", "A work pool with this name already exists.");
        }
        tx.afterCommit(changed);
        return store.insertPool(tx, clock, body);
      }),
    ),
    handle(wire.readWorkPool, async ({ params }) => {
      const pool = await db.read((q) => store.readPool(q, params.name));
      if (!pool) throw notFound(params.name);
      return pool;
    }),
    handle(wire.updateWorkPool, async ({ params, body }) => {
      if (body.description !== undefined || body.base_job_template !== undefined) refuseReserved(params.name);
      await db.write((tx) => {
        if (!store.updatePool(tx, clock, params.name, body)) throw notFound(params.name);
        tx.afterCommit(changed);
      });
      return null;
    }),
    handle(wire.deleteWorkPool, async ({ params }) => {
      refuseReserved(params.name);
      await db.write((tx) => {
        if (!store.deletePool(tx, params.name)) throw notFound(params.name);
        tx.afterCommit(changed);
      });
      return null;
    }),
    handle(wire.listWorkPools, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listPools(q, body.work_pools, page));
    }),
    handle(wire.getPoolRuns, async ({ params, body }, request) => {
      const { limit } = pageOf({ limit: body.limit, offset: 0 }, settings);
      let polled: string[] = [];
      const runs = await waitForRuns(context, request, body.scheduled_before, (before) =>
        db.read((q) => {
          const pool = store.readPool(q, params.name);
          if (!pool) throw notFound(params.name);
          const names = body.work_queue_names;
          const queues = names?.length ? queuesNamed(q, pool, names) : listQueues(q, null, ALL_QUEUES, pool.id);
          polled = queues.map(({ id }) => id);
          const due = dueRunsOfPool(q, pool, queues, { before, after: body.scheduled_after, limit });
          const flowRuns = readFlowRuns(
            q,
            due.map(({ id }) => id),
            clock.now(),
          );
          const found = flowRuns.map((flow_run, index) => ({
            work_pool_id: pool.id,
            work_queue_id: due[index]?.work_queue_id ?? "",
            // The old server leaves it out here.
            flow_run: { ...flow_run, state: null },
          }));
          const next = before === null || found.length > 0 ? undefined : nextDue(q, queues, before);
          return { found, next };
        }),
      );
      notePoll(context, request, polled);
      return runs;
    }),
  ];
}
