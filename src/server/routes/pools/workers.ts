// The routes of workers: their heartbeats, and the list of them.
import * as wire from "#wire/pools/workers.ts";
import { handle, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { pageOf } from "../../kernel/paging.ts";
import { noteWorker, readWorkers } from "../../work-pools/workers.ts";
import { poolNamed } from "./pool-queues.ts";

export function workerRoutes({ db, clock, settings }: ServerContext): Route[] {
  return [
    handle(wire.heartbeatWorker, ({ params, body }, { write }) =>
      write((tx) => noteWorker(tx, clock, poolNamed(tx, params.work_pool_name).id, body.name)),
    ),
    handle(wire.listWorkers, async ({ params, body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => readWorkers(q, poolNamed(q, params.work_pool_name).id, body.workers, page));
    }),
  ];
}
