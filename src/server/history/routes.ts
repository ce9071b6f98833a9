// The history routes: of flow runs, of task runs, and of flow runs as the dots of a plot.
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/history.ts";
import type { ServerContext } from "../context.ts";
import { flowRunsWhere, taskRunsWhere } from "../filters.ts";
import { FLOW_RUN_ORDER } from "../flow-runs/store.ts";
import { handle, type Route } from "../http/router.ts";
import { type HistoryRange, rangeOf, readDots, readHistory } from "./store.ts";

function checkedRange(body: Parameters<typeof rangeOf>[0]): HistoryRange {
  if (body.history_interval_seconds < 1) {
    throw new OrchError("invalid", "History interval must not be less than 1 second.");
  }
  return rangeOf(body);
}

export function historyRoutes({ db, clock }: ServerContext): Route[] {
  return [
    handle(wire.flowRunHistory, async ({ body }) => {
      const { work_queues: work_pool_queues, ...filters } = body;
      const range = checkedRange(body);
      const where = flowRunsWhere({ ...filters, work_pool_queues });
      return db.read((q) => readHistory(q, "flow_run", range, where, timestampNow(clock)));
    }),
    handle(wire.taskRunHistory, async ({ body }) => {
      const range = checkedRange(body);
      return db.read((q) => readHistory(q, "task_run", range, taskRunsWhere(body), timestampNow(clock)));
    }),
    handle(wire.uiFlowRunHistory, async ({ body }) => {
      const { sort, limit, offset } = body;
      return db.read((q) => readDots(q, flowRunsWhere(body), FLOW_RUN_ORDER[sort], limit, offset, clock.now()));
    }),
  ];
}
