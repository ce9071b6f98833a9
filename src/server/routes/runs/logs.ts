// The log routes.
import * as wire from "#wire/runs/logs.ts";
import { attemptOf, refuseOlderLogs } from "../../attempts/store.ts";
import { handle, handleOlder, type Route } from "../../http/route.ts";
import { pageOf } from "../../kernel/paging.ts";
import * as store from "../../logs/store.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";

/** Lines that are stored in one turn: 20 ms. */
const SLICE = 4_000;

export function logRoutes({ db, clock, settings, slowReads, events }: RouteContext): Route[] {
  return [
    handleOlder(wire.createLogs, async ({ body }, { headers }) => {
      const attempt = attemptOf(headers);
      // A slice is a write of its own: others are committed between them. Lines that are sent again are known by their ids.
      for (let from = 0; from < body.length; from += SLICE) {
        const lines = body.slice(from, from + SLICE);
        await db.write((tx) => {
          refuseOlderLogs(tx, attempt);
          store.insertLogs(tx, clock, lines);
          tx.afterCommit(() =>
            events.publish({ type: "logs-stored", flow_run_ids: new Set(lines.map((log) => log.flow_run_id)) }),
          );
        });
      }
      return null;
    }),
    handle(wire.listLogs, async ({ body }) => {
      const page = pageOf(body, settings);
      const direction = body.sort === "TIMESTAMP_ASC" ? "asc" : "desc";
      return slowReads.read("logs", { filter: body.logs, direction, page });
    }),
    handle(wire.readLogPage, ({ body: { logs, sort, limit, after } }) => {
      const direction = sort === "TIMESTAMP_ASC" ? "asc" : "desc";
      return slowReads.read("logPage", { filter: logs, direction, limit: limit ?? wire.LOG_PAGE_LIMIT, after });
    }),
  ];
}
