// The queues of a pool.
import type { Reader } from "#db/connect.ts";
import { OrchError } from "#lib/errors.ts";
import type { WorkPool } from "#wire/pools/work-pools.ts";
import * as wire from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { found } from "../../http/found.ts";
import { handle, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { pageOf } from "../../kernel/paging.ts";
import { readPool } from "../../work-pools/store.ts";
import * as queues from "../../work-queues/store.ts";

/** Throws `not_found` for what is no pool. */
export function known<T>(pool: T | undefined, name: string): T {
  return found(pool, `Work pool "${name}" not found.`);
}

/** As above, by its name. */
export function poolNamed(q: Reader, name: string): WorkPool {
  return known(readPool(q, name), name);
}

function queueNamed(q: Reader, pool: WorkPool, name: string): WorkQueue {
  return found(queues.readQueueByName(q, pool.id, name), `Work pool queue '${pool.name}/${name}' not found.`);
}

/** Throws `not_found` for a name that is no queue of the pool. */
export function queuesNamed(q: Reader, pool: WorkPool, names: readonly string[]): WorkQueue[] {
  return names.map((name) => queueNamed(q, pool, name));
}

export function poolQueueRoutes({ db, clock, settings, events }: ServerContext): Route[] {
  const changed = () => events.publish({ type: "runs-due-changed" });
  return [
    handle(wire.createPoolQueue, ({ params, body }, { write }) =>
      write((tx) => {
        const pool = poolNamed(tx, params.work_pool_name);
        if (queues.readQueueByName(tx, pool.id, body.name)) {
          throw new OrchError("conflict", `A work queue with this name already exists in work pool '${pool.name}'.`);
        }
        const queue = queues.insertQueue(tx, clock, pool.id, body);
        // 0 is as good as none.
        if (body.priority) queues.rankQueue(tx, pool.id, queue.id, body.priority);
        tx.afterCommit(changed);
        return queueNamed(tx, pool, body.name);
      }),
    ),
    handle(wire.readPoolQueue, ({ params }) =>
      db.read((q) => queueNamed(q, poolNamed(q, params.work_pool_name), params.name)),
    ),
    handle(wire.updatePoolQueue, ({ params, body }, { write }) =>
      write((tx) => {
        const pool = poolNamed(tx, params.work_pool_name);
        const { id } = queueNamed(tx, pool, params.name);
        const { priority, ...rest } = body;
        queues.updateQueue(tx, clock, id, rest);
        if (priority !== undefined) queues.rankQueue(tx, pool.id, id, priority);
        tx.afterCommit(changed);
      }),
    ),
    handle(wire.deletePoolQueue, ({ params }, { write }) =>
      write((tx) => {
        const pool = poolNamed(tx, params.work_pool_name);
        const { id } = queueNamed(tx, pool, params.name);
        queues.deleteQueue(tx, id);
        queues.renumberQueues(tx, pool.id);
        tx.afterCommit(changed);
      }),
    ),
    handle(wire.listPoolQueues, ({ params, body }) =>
      db.read((q) =>
        queues.listQueues(q, body.work_queues, pageOf(body, settings), poolNamed(q, params.work_pool_name).id),
      ),
    ),
  ];
}
