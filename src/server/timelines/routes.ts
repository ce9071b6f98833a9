// The route of a flow run's timeline.
import { timestampNow } from "#lib/clock.ts";
import * as wire from "#wire/runs/timelines.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";

export function timelineRoutes({ aside, clock }: ServerContext): Route[] {
  return [
    handle(wire.readTimeline, ({ params, query: { limit, since } }) =>
      aside.read("timeline", { flowRunId: params.id, limit, since, now: timestampNow(clock) }),
    ),
  ];
}
