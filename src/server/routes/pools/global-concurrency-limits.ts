// The routes of limits with a name.
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/pools/global-concurrency-limits.ts";
import { FullError, releaseSlots, takeSlots, waitInLine } from "../../global-concurrency-limits/slots.ts";
import * as store from "../../global-concurrency-limits/store.ts";
import { handle, type Route } from "../../http/route.ts";
import type { ServerContext } from "../../kernel/context.ts";
import { pageOf } from "../../kernel/paging.ts";

function found<T>(limit: T | undefined): T {
  if (limit === undefined) throw new OrchError("not_found", "Concurrency Limit not found");
  return limit;
}

export function globalConcurrencyLimitRoutes({ db, clock, settings }: ServerContext): Route[] {
  return [
    handle(wire.createGlobalConcurrencyLimit, ({ body }, { write }) =>
      write((tx) => {
        const now = timestampNow(clock);
        store.insertLimit(tx, now, body);
        return found(store.readLimit(tx, body.name, now));
      }),
    ),
    handle(wire.readGlobalConcurrencyLimit, async ({ params }) =>
      found(await db.read((q) => store.readLimit(q, params.id_or_name, timestampNow(clock)))),
    ),
    handle(wire.listGlobalConcurrencyLimits, async ({ body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => store.listLimits(q, page, timestampNow(clock)));
    }),
    handle(wire.updateGlobalConcurrencyLimit, async ({ params, body }, { write }) => {
      await write((tx) => {
        const now = timestampNow(clock);
        store.updateLimit(tx, now, found(store.readLimit(tx, params.id_or_name, now)).id, body);
      });
      return null;
    }),
    handle(wire.deleteGlobalConcurrencyLimit, async ({ params }, { write }) => {
      await write((tx) => store.deleteLimit(tx, found(store.readLimit(tx, params.id_or_name, timestampNow(clock))).id));
      return null;
    }),
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
