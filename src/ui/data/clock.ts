// Knows what time it is on the server, and ticks for what shows the time that has passed. Each clock runs only while something on
// a visible page shows it.
import { type Signal, signal } from "@preact/signals";
import { isVisible } from "./visibility.ts";

/** Milliseconds that the server's clock is before that of the browser. */
const ahead = signal(0);

/** The time of the server, in milliseconds since 1970: its runs start and are late by this clock, whatever the browser's says. */
export function now(): number {
  return Date.now() + ahead.peek();
}

/**
 * Sets the clock by the `Date` of an answer. It is cut to the second, and was written between `sentAt` and now, both of the
 * browser: while it can be true with what is known, nothing changes.
 */
export function noteServerTime(date: string | null, sentAt: number): void {
  const least = Date.parse(date ?? "") - Date.now();
  const most = Date.parse(date ?? "") + 1_000 - sentAt;
  if (Number.isNaN(least) || (ahead.peek() >= least && ahead.peek() <= most)) return;
  ahead.value = least <= 0 && most >= 0 ? 0 : Math.round((least + most) / 2);
  second.value = now();
  moment.value = now();
}

function ticking(everyMs: number): Signal<number> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const time: Signal<number> = signal(now(), {
    watched() {
      time.value = now();
      timer = setInterval(() => {
        if (isVisible.value) time.value = now();
      }, everyMs);
    },
    unwatched() {
      clearInterval(timer);
    },
  });
  return time;
}

/** Milliseconds since 1970, by the second: for what is running. */
export const second: Signal<number> = ticking(1_000);
/** By ten seconds: for "5 minutes ago". */
export const moment: Signal<number> = ticking(10_000);

const YOUNG_MS = 60_000;

/**
 * The clock of one of many that run, by when it began: each second at first, and then every ten seconds. Every tick draws a frame, which
 * costs a browser more than all else that an idle page does.
 */
export function paceOf(begin: number): Signal<number> {
  return now() - begin < YOUNG_MS ? second : moment;
}
