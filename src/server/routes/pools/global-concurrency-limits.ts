// The routes of limits with a name.
import { timestampNow } from "#lib/clock.ts";
import * as wire from "#wire/pools/global-concurrency-limits.ts";
import { FullError, releaseSlots, takeSlots, waitInLine } from "../../global-concurrency-limits/slots.ts";
import * as store from "../../global-concurrency-limits/store.ts";
import { found } from "../../http/found.ts";
import { handle, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { pageOf } from "../../kernel/paging.ts";

const NOT_FOUND = "Concurrency Limit not found";

export function globalConcurrencyLimitRoutes({ db, clock, settings }: ServerContext): Route[] {
  return [
    handle(wire.createGlobalConcurrencyLimit, ({ body }, { write }) =>
      write((tx) => {
        const now = timestampNow(clock);
        store.insertLimit(tx, now, body);
        return found(store.readLimit(tx, body.name, now), NOT_FOUND);
      }),
    ),
    handle(wire.readGlobalConcurrencyLimit, async ({ params }) =>
      found(await db.read((q) => store.readLimit(q, params.id_or_name, timestampNow(clock))), NOT_FOUND),
    ),
    handle(wire.listGlobalConcurrencyLimits, ({ body }) =>
      db.read((q) => store.listLimits(q, pageOf(body, settings), timestampNow(clock))),
    ),
    handle(wire.updateGlobalConcurrencyLimit, ({ params, body }, { write }) =>
      write((tx) => {
        const now = timestampNow(clock);
        store.updateLimit(tx, now, found(store.readLimit(tx, params.id_or_name, now), NOT_FOUND).id, body);
      }),
    ),
    handle(wire.deleteGlobalConcurrencyLimit, ({ params }, { write }) =>
      write((tx) =>
        store.deleteLimit(tx, found(store.readLimit(tx, params.id_or_name, timestampNow(clock)), NOT_FOUND).id),
      ),
    ),
    handle(wire.takeSlots, async ({ body }, { write }) => {
      try {
        return await write((tx) => takeSlots(tx, timestampNow(clock), body));
      } catch (error) {
        if (!(error instanceof FullError)) throw error;
        const seconds = await db.write((tx) => waitInLine(tx, timestampNow(clock), body));
        return new Response(null, { status: 423, headers: { "retry-after": String(seconds) } });
      }
    }),
    handle(wire.releaseSlots, ({ body: { names, slots, occupancy_seconds } }, { write }) =>
      write((tx) => releaseSlots(tx, timestampNow(clock), { names, slots, occupancy: occupancy_seconds })),
    ),
  ];
}
