// The routes of schedules that are being written, and of runs to come.
import { toMillis } from "#lib/time/timestamps.ts";
import * as wire from "#wire/deployments/schedule-previews.ts";
import { handle, type Route } from "../../http/route.ts";
import { previewOf } from "../../schedule-previews/preview.ts";
import { upcomingOf } from "../../schedule-previews/upcoming.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";

const DAY_MS = 86_400_000;

export function schedulePreviewRoutes(context: RouteContext): Route[] {
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
