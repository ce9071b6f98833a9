// The log routes.
import * as wire from "#wire/logs.ts";
import { attemptOf, refuseOlderLogs } from "../attempts/store.ts";
import type { ServerContext } from "../context.ts";
import { handle, handleOlder, type Route } from "../http/router.ts";
import { pageOf } from "../paging.ts";
import * as store from "./store.ts";

export function logRoutes({ db, clock, settings, aside, events }: ServerContext): Route[] {
  return [
    handleOlder(wire.createLogs, async ({ body }, { headers }) => {
      const attempt = attemptOf(headers);
      await db.write((tx) => {
        refuseOlderLogs(tx, attempt);
        store.insertLogs(tx, clock, body);
        tx.afterCommit(() =>
          events.publish({ type: "logs-stored", flow_run_ids: new Set(body.map((log) => log.flow_run_id)) }),
        );
      });
      return null;
    }),
    handle(wire.listLogs, async ({ body }) => {
      const page = pageOf(body, settings);
      const direction = body.sort === "TIMESTAMP_ASC" ? "asc" : "desc";
      return aside.read("logs", { filter: body.logs, direction, page });
    }),
    handle(wire.readLogPage, ({ body: { logs, sort, limit, after } }) => {
      const direction = sort === "TIMESTAMP_ASC" ? "asc" : "desc";
      return aside.read("logPage", { filter: logs, direction, limit: limit ?? wire.LOG_PAGE_LIMIT, after });
    }),
  ];
}
