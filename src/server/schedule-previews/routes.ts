// The routes of schedules that are being written, and of runs to come.
import { toMillis } from "#lib/time/timestamps.ts";
import * as wire from "#wire/deployments/schedule-previews.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";
import { previewOf } from "./preview.ts";
import { upcomingOf } from "./upcoming.ts";

const DAY_MS = 86_400_000;

export function schedulePreviewRoutes(context: ServerContext): Route[] {
  const { clock } = context;
  return [
    handle(wire.previewSchedule, async ({ body: { schedule, count, after, reader_timezone: readerZone } }) =>
      previewOf({ schedule, count, after: after === null ? clock.now() : toMillis(after), readerZone }),
    ),
    handle(wire.readUpcomingRuns, ({ body: { days, limit, ...filters } }) => {
      const start = clock.now();
      return upcomingOf(context, filters, { start, end: start + days * DAY_MS, limit });
    }),
  ];
}
