// The concurrency limit routes. All answer 200, creating and deleting too, as on the old server.
import type { Tx } from "#db/connect.ts";
import * as wire from "#wire/pools/concurrency-limits.ts";
import * as store from "../../concurrency-limits/store.ts";
import { checkFound, found } from "../../http/found.ts";
import { handle, type RequestInfo, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { pageOf } from "../../kernel/paging.ts";

const NOT_FOUND = "Concurrency limit not found";

export function concurrencyLimitRoutes({ db, clock, settings, events }: ServerContext): Route[] {
  /** Task runs that wait for a slot look again. */
  const change = <T>({ write }: RequestInfo, work: (tx: Tx) => T) =>
    write((tx) => {
      tx.afterCommit(() => events.publish({ type: "slots-freed" }));
      return work(tx);
    });
  return [
    handle(wire.createConcurrencyLimit, ({ body }, request) =>
      change(request, (tx) => store.upsertLimit(tx, clock, body.tag, body.concurrency_limit)),
    ),
    handle(wire.readConcurrencyLimit, async ({ params }) =>
      found(await db.read((q) => store.readLimit(q, params.id)), NOT_FOUND),
    ),
    handle(wire.deleteConcurrencyLimit, ({ params }, request) =>
      change(request, (tx) => checkFound(store.deleteLimit(tx, "id", params.id), NOT_FOUND)),
    ),
    handle(wire.readConcurrencyLimitByTag, async ({ params }) =>
      found(await db.read((q) => store.readLimitByTag(q, params.tag)), NOT_FOUND),
    ),
    handle(wire.deleteConcurrencyLimitByTag, ({ params }, request) =>
      change(request, (tx) => checkFound(store.deleteLimit(tx, "tag", params.tag), NOT_FOUND)),
    ),
    handle(wire.resetConcurrencyLimit, ({ params, body }, request) =>
      change(request, (tx) => checkFound(store.resetLimit(tx, clock, params.tag, body.slot_override ?? []), NOT_FOUND)),
    ),
    handle(wire.listConcurrencyLimits, ({ body }) => db.read((q) => store.listLimits(q, pageOf(body, settings)))),
  ];
}
