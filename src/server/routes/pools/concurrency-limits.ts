// The concurrency limit routes. All answer 200, creating and deleting too, as on the old server.
import type { Tx } from "#db/connect.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/pools/concurrency-limits.ts";
import * as store from "../../concurrency-limits/store.ts";
import { handle, type RequestInfo, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { pageOf } from "../../kernel/paging.ts";

const NOT_FOUND = "Concurrency limit not found";

function must(known: boolean): null {
  if (!known) throw new OrchError("not_found", NOT_FOUND);
  return null;
}

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
    handle(wire.readConcurrencyLimit, async ({ params }) => {
      const limit = await db.read((q) => store.readLimit(q, params.id));
      if (!limit) throw new OrchError("not_found", NOT_FOUND);
      return limit;
    }),
    handle(wire.deleteConcurrencyLimit, ({ params }, request) =>
      change(request, (tx) => must(store.deleteLimit(tx, "id", params.id))),
    ),
    handle(wire.readConcurrencyLimitByTag, async ({ params }) => {
      const limit = await db.read((q) => store.readLimitByTag(q, params.tag));
      if (!limit) throw new OrchError("not_found", NOT_FOUND);
      return limit;
    }),
    handle(wire.deleteConcurrencyLimitByTag, ({ params }, request) =>
      change(request, (tx) => must(store.deleteLimit(tx, "tag", params.tag))),
    ),
    handle(wire.resetConcurrencyLimit, ({ params, body }, request) =>
      change(request, (tx) => must(store.resetLimit(tx, clock, params.tag, body.slot_override ?? []))),
    ),
    handle(wire.listConcurrencyLimits, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listLimits(q, page));
    }),
  ];
}
