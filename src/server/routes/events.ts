// `GET /api/orch/events`.
import { OrchError } from "#lib/errors.ts";
import { MOST_LISTENERS } from "#lib/limits.ts";
import { listenToEvents } from "#wire/events.ts";
import { createFeeds, type Feed } from "../events/feed.ts";
import { EVENT_STREAM, eventStream } from "../events/stream.ts";
import { handle, type Route } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";

/** Some proxies gather an answer before they hand it on, unless told. */
const HEADERS = { "content-type": EVENT_STREAM, "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" };

export function eventRoutes(context: ServerContext): Route[] {
  const listeners = new Set<Feed>();
  const feeds = createFeeds(context);
  return [
    handle(listenToEvents, async ({ query }, request) => {
      if (listeners.size >= MOST_LISTENERS) {
        throw new OrchError("unavailable", `${MOST_LISTENERS} listeners are connected already: try again later.`);
      }
      const lastEventId = request.headers.get("last-event-id") ?? query.last_event_id ?? query.lastEventId;
      const feed = feeds.open({ flowRunId: query.flow_run_id, lastEventId, pastMs: query.past_ms });
      const body = eventStream(context, feed, { over: request.signal, listeners });
      return new Response(body, { headers: HEADERS });
    }),
  ];
}
