// The route of a flow run's timeline.
import { timestampNow } from "#lib/clock.ts";
import * as wire from "#wire/runs/timelines.ts";
import { handle, type Route } from "../../http/route.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";

export function timelineRoutes({ slowReads, clock }: RouteContext): Route[] {
  return [
    handle(wire.readTimeline, ({ params, query: { limit, since } }) =>
      slowReads.read("timeline", { flowRunId: params.id, limit, since, now: timestampNow(clock) }),
    ),
  ];
}
