// Holds a request for work until there is some: `Prefer: wait=N` (RFC 7240). It is woken by events and by the clock at
// the very moment the next run becomes due; it does not poll.
import { type Timestamp, toMillis, toTimestamp } from "#lib/timestamps.ts";
import type { ServerContext } from "../context.ts";
import type { RequestInfo } from "../http/router.ts";

const MOST_SECONDS = 60;
const WAIT = /(?:^|[,;\s])wait\s*=\s*(\d+(?:\.\d+)?)/i;

/** Seconds the client is ready to wait; 0 when it does not say. */
export function preferredWait(headers: Headers): number {
  const seconds = WAIT.exec(headers.get("prefer") ?? "")?.[1];
  return Math.min(Number(seconds ?? 0), MOST_SECONDS);
}

export interface Look<T> {
  found: T[];
  /** When a look would next find something of its own accord. */
  next: Timestamp | undefined;
}

/**
 * Looks, and looks again whenever something may have changed, until something is found, time is up or the client left.
 * `look` gets how far ahead of now it may look, in the client's own terms: the moment it named moves on while it waits.
 */
export async function waitForRuns<T>(
  { clock, events }: ServerContext,
  request: RequestInfo,
  before: Timestamp | null,
  look: (before: Timestamp | null) => Promise<Look<T>>,
): Promise<T[]> {
  const asked = clock.now();
  const ahead = before === null ? 0 : toMillis(before) - asked;
  const horizon = () => (before === null ? null : toTimestamp(clock.now() + ahead));
  const seconds = preferredWait(request.headers);
  if (seconds === 0) return (await look(before)).found;

  const deadline = asked + seconds * 1000;
  let changed = new AbortController();
  const stop = events.subscribe((event) => event.type === "runs-due-changed" && changed.abort());
  const leave = () => changed.abort();
  request.signal.addEventListener("abort", leave);
  try {
    for (;;) {
      changed = new AbortController();
      const { found, next } = await look(horizon());
      if (found.length > 0 || clock.now() >= deadline || request.signal.aborted) return found;
      const due = next === undefined ? deadline : Math.min(toMillis(next) - ahead, deadline);
      if (!changed.signal.aborted) await clock.sleep(Math.max(0, due - clock.now()), changed.signal);
    }
  } finally {
    stop();
    request.signal.removeEventListener("abort", leave);
  }
}
