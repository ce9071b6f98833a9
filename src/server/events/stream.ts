// The body of an answer without end: looks into the feed whenever something happened, and says now and then that it lives.
import type { ServerContext } from "../kernel/context.ts";
import type { ServerEvent } from "../kernel/event-hub.ts";
import type { Feed } from "./feed.ts";

export const EVENT_STREAM = "text/event-stream";

/** Proxies and browsers close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** Between two looks, so that a burst of events is read together. */
const PAUSE_MS = 20;
/** A listener that does not read for so long is cut off. What it has not read is sent after its reconnect. */
const READER_MS = 60_000;

/** Ends when `over` aborts. Is among the `listeners` from its first reading to its end. */
export function eventStream(
  { clock, events }: Pick<ServerContext, "clock" | "events">,
  feed: Feed,
  { over, listeners }: { over: AbortSignal; listeners: Set<Feed> },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let news = Promise.withResolvers<void>();
  let isNews = true;
  let watch = new AbortController();
  let stopListening: (() => void) | undefined;

  function hear(): void {
    isNews = true;
    news.resolve();
  }

  function notice(event: ServerEvent): void {
    if (feed.concerns(event)) hear();
  }

  function begin(): void {
    listeners.add(feed);
    stopListening = events.subscribe(notice);
    over.addEventListener("abort", hear);
  }

  function end(): void {
    watch.abort();
    listeners.delete(feed);
    feed.close();
    stopListening?.();
    over.removeEventListener("abort", hear);
    hear();
  }

  /** The next piece; `undefined` at the end. */
  async function piece(): Promise<string | undefined> {
    while (!over.aborted && listeners.has(feed)) {
      news = Promise.withResolvers();
      if (isNews) {
        isNews = false;
        const text = await feed.next();
        if (text !== "") {
          // There may be more than a page of it.
          isNews = true;
          return text;
        }
        await clock.sleep(PAUSE_MS, over);
      } else if (await isSilent()) return feed.heartbeat();
    }
    return undefined;
  }

  async function isSilent(): Promise<boolean> {
    const alarm = new AbortController();
    const silence = clock.sleep(HEARTBEAT_MS, alarm.signal).then(() => true);
    const isSilent = await Promise.race([silence, news.promise.then(() => false)]);
    alarm.abort();
    return isSilent;
  }

  async function watchReader(signal: AbortSignal, giveUp: () => void): Promise<void> {
    await clock.sleep(READER_MS, signal);
    if (signal.aborted) return;
    end();
    giveUp();
  }

  return new ReadableStream(
    {
      async pull(controller) {
        watch.abort();
        if (!stopListening) begin();
        const text = await piece().catch((error: unknown) => {
          end();
          throw error;
        });
        if (text === undefined) {
          end();
          controller.close();
          return;
        }
        controller.enqueue(encoder.encode(text));
        watch = new AbortController();
        void watchReader(watch.signal, () => controller.error(new Error("The events are not read.")));
      },
      cancel: end,
    },
    // Nothing is made before it is read.
    { highWaterMark: 0 },
  );
}
