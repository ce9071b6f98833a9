// Keeps the page live: one event stream while the page is seen, which tells the cache what to read again.
import { effect, signal } from "@preact/signals";
import { apiKey, isKeyWanted } from "./call.ts";
import { now } from "./clock.ts";
import { listen, type ServerEvent } from "./event-stream.ts";
import { keepFresh, refreshAll, refreshTouched } from "./query.ts";
import { isVisible } from "./visibility.ts";

/** `cutAt`: since when nothing is heard, in milliseconds; `undefined` while the connection holds. */
export const connection = signal<{ isLive: boolean; cutAt?: number }>({ isLive: false });

const listeners = new Set<(event: ServerEvent) => void>();

/** For what draws by event instead of reading again. Returns what ends it. */
export function onServerEvent(listener: (event: ServerEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Begins to listen, and stops while the tab is hidden or a key is asked for. */
export function goLive(): void {
  let hasListened = false;
  keepFresh();
  effect(() => {
    apiKey.value; // another key, another connection
    if (!isVisible.value || isKeyWanted.value) return;
    return listen({
      isFromPageStart: !hasListened,
      onConnected(isLive) {
        const { cutAt } = connection.peek();
        connection.value = isLive ? { isLive } : { isLive, cutAt: cutAt ?? now() };
      },
      onEvent(event) {
        // The first connection gets all since the page began to load, a later one nothing from before it.
        if (event.name === "reset" || (event.name === "ready" && hasListened)) refreshAll();
        if (event.name === "ready") hasListened = true;
        refreshTouched(event);
        for (const listener of listeners) listener(event);
      },
    });
  });
}
