// The history routes: of flow runs, of task runs, and of flow runs as the dots of a plot.
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/runs/history.ts";
import { type HistoryRange, rangeOf } from "../../history/store.ts";
import { handle, type Route } from "../../http/route.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";

function checkedRange(body: Parameters<typeof rangeOf>[0]): HistoryRange {
  if (body.history_interval_seconds < 1) {
    throw new OrchError("invalid", "History interval must not be less than 1 second.");
  }
  const range = rangeOf(body);
  if (range.start + range.interval > LAST_MILLIS) {
    throw new OrchError("invalid", "History interval must not reach beyond the year 9999.");
  }
  return range;
}

const LAST_MILLIS = Date.UTC(9999, 11, 31);

export function historyRoutes({ slowReads, clock }: RouteContext): Route[] {
  return [
    handle(wire.flowRunHistory, async ({ body }) => {
      const { work_queues: work_pool_queues, ...filters } = body;
      const range = checkedRange(body);
      const now = timestampNow(clock);
      return slowReads.read("flowRunHistory", { filters: { ...filters, work_pool_queues }, range, now });
    }),
    handle(wire.taskRunHistory, async ({ body }) => {
      const range = checkedRange(body);
      return slowReads.read("taskRunHistory", { filters: body, range, now: timestampNow(clock) });
    }),
    handle(wire.uiFlowRunHistory, ({ body }) => {
      const { sort, limit, offset } = body;
      return slowReads.read("dots", { filters: body, sort, page: { limit, offset }, now: clock.now() });
    }),
  ];
}
