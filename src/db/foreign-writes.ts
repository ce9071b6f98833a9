// Notices that another process has written: SQLite counts such writes for each connection. Looks only while there are listeners.
import type { Clock } from "#lib/clock.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import type { Reader } from "./unit-of-work.ts";

export interface ForeignWrites {
  /** Returns the way to stop listening. */
  listen(listener: () => void): () => void;
  stop(): Promise<void>;
}

const LOOK_MS = 100;

export function watchForeignWrites(options: {
  /** Of the connection that writes. */
  query: Reader;
  clock: Clock;
  onError: (error: unknown) => void;
}): ForeignWrites {
  const { query, clock, onError } = options;
  const listeners = new Set<() => void>();
  const version = () => query.get<{ data_version: number }>("pragma data_version")?.data_version;
  let seen = version();
  let loop: Loop | undefined;

  function look(): void {
    const now = version();
    if (now === seen) return;
    seen = now;
    for (const listener of listeners) listener();
  }

  function start(): Loop {
    // What was written while there were no listeners is no news.
    seen = version();
    const started = createLoop({ clock, delay: () => LOOK_MS, runOnce: look, onError });
    started.start();
    return started;
  }

  return {
    listen(listener) {
      listeners.add(listener);
      loop ??= start();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        loop?.stop().catch(onError);
        loop = undefined;
      };
    },
    async stop() {
      listeners.clear();
      await loop?.stop();
      loop = undefined;
    },
  };
}
