// Holds a request for a list until the list has an entry or the wait of `Prefer: wait=N` is over.
import { MOST_HELD_REQUESTS } from "#lib/limits.ts";
import type { RequestInfo } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import type { ServerEvent } from "../kernel/event-hub.ts";
import { preferredWait, tooManyHeld } from "./prefer-wait.ts";

export interface HeldList<T> {
  look(): Promise<T[]>;
  /** Whether there may be more to see after this event. */
  matters(event: ServerEvent): boolean;
}

/** What `look` finds: now, or after an event that matters; nothing when the time is over. */
export async function heldList<T>(
  { clock, events }: Pick<ServerContext, "clock" | "events">,
  request: Pick<RequestInfo, "headers" | "signal">,
  { look, matters }: HeldList<T>,
): Promise<T[]> {
  const seconds = preferredWait(request.headers);
  if (seconds === 0) return look();
  if (events.count() >= MOST_HELD_REQUESTS) throw tooManyHeld();
  const over = request.signal;
  const done = new AbortController();
  let news = Promise.withResolvers<void>();
  const stopListening = events.subscribe((event) => {
    if (matters(event)) news.resolve();
  });
  const timeIsOver = clock.sleep(seconds * 1000, AbortSignal.any([over, done.signal])).then(() => "over" as const);
  try {
    for (;;) {
      news = Promise.withResolvers<void>();
      const found = await look();
      if (found.length > 0 || over.aborted) return found;
      if ((await Promise.race([news.promise, timeIsOver])) === "over") return [];
    }
  } finally {
    done.abort();
    stopListening();
  }
}
