// Ticks for what shows the time that has passed. Each clock runs only while something on a visible page shows it.
import { type Signal, signal } from "@preact/signals";
import { isVisible } from "./visibility.ts";

function ticking(everyMs: number): Signal<number> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const now: Signal<number> = signal(Date.now(), {
    watched() {
      now.value = Date.now();
      timer = setInterval(() => {
        if (isVisible.value) now.value = Date.now();
      }, everyMs);
    },
    unwatched() {
      clearInterval(timer);
    },
  });
  return now;
}

/** Milliseconds since 1970, by the second: for what is running. */
export const second: Signal<number> = ticking(1_000);
/** By ten seconds: for "5 minutes ago". */
export const moment: Signal<number> = ticking(10_000);
