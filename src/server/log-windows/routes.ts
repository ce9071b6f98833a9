// The routes of logs as a page shows them.
import * as wire from "#wire/runs/log-windows.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";
import { logFile } from "./download.ts";

export function logWindowRoutes(context: ServerContext): Route[] {
  const { aside } = context;
  return [
    handle(wire.readLogWindow, ({ body: { offset, from_end: fromEnd, limit, ...meant } }) =>
      aside.read("logWindow", { meant, offset, fromEnd, limit }),
    ),
    handle(wire.searchLogs, ({ body: { find, from, direction, limit, context: lines, ...meant } }) =>
      aside.read("logSearch", { meant, find, from, direction, limit, context: lines }),
    ),
    handle(wire.readLogSummary, ({ body }) => aside.read("logSummary", body)),
    handle(wire.downloadLogs, async ({ query: { logger, ...meant } }) =>
      logFile(context, { ...meant, loggers: logger?.split("\n") ?? null }),
    ),
  ];
}
