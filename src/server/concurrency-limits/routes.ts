// The concurrency limit routes. All answer 200, creating and deleting too, as on the old server.
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/concurrency-limits.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";
import { pageOf } from "../paging.ts";
import * as store from "./store.ts";

function must(known: boolean): null {
  if (!known) throw new OrchError("not_found", "Concurrency limit not found");
  return null;
}

export function concurrencyLimitRoutes({ db, clock, settings }: ServerContext): Route[] {
  return [
    handle(wire.createConcurrencyLimit, ({ body }) =>
      db.write((tx) => store.upsertLimit(tx, clock, body.tag, body.concurrency_limit)),
    ),
    handle(wire.readConcurrencyLimitByTag, async ({ params }) => {
      const limit = await db.read((q) => store.readLimitByTag(q, params.tag));
      if (!limit) throw new OrchError("not_found", "Concurrency limit not found");
      return limit;
    }),
    handle(wire.deleteConcurrencyLimitByTag, ({ params }) => db.write((tx) => must(store.deleteLimit(tx, params.tag)))),
    handle(wire.resetConcurrencyLimit, ({ params, body }) =>
      db.write((tx) => must(store.resetLimit(tx, clock, params.tag, body.slot_override ?? []))),
    ),
    handle(wire.listConcurrencyLimits, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listLimits(q, page));
    }),
  ];
}
