// The routes of logs as a page shows them.
import * as wire from "#wire/runs/log-windows.ts";
import { handle, type Route } from "../../http/route.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";
import { logFile } from "./log-file.ts";

export function logWindowRoutes(context: RouteContext): Route[] {
  const { slowReads } = context;
  return [
    handle(wire.readLogWindow, ({ body: { offset, from_end: fromEnd, limit, ...meant } }) =>
      slowReads.read("logWindow", { meant, offset, fromEnd, limit }),
    ),
    handle(wire.searchLogs, ({ body: { find, from, direction, limit, context: lines, ...meant } }) =>
      slowReads.read("logSearch", { meant, find, from, direction, limit, context: lines }),
    ),
    handle(wire.readLogSummary, ({ body }) => slowReads.read("logSummary", body)),
    handle(wire.downloadLogs, async ({ query: { logger, ...meant } }) =>
      logFile(context, { ...meant, loggers: logger?.split("\n") ?? null }),
    ),
  ];
}
