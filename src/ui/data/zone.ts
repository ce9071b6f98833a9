// The zone that all times are shown in, and how they are written: chosen in the top bar, the browser's by default.
import { computed } from "@preact/signals";
import { remembered } from "./storage.ts";
import { browserClock, zoneClock } from "./zone-clock.ts";

/** `null`: the browser's own. */
export const chosenZone = remembered("zone");
const ofBrowser = browserClock();

export function browserZone(): string {
  if (lastBrowserZone.peek() !== ofBrowser.zone) lastBrowserZone.value = ofBrowser.zone;
  return ofBrowser.zone;
}

/** As it was called when the page was open before: to be shown until it is asked for. */
export const lastBrowserZone = remembered("browser-zone");

/** Its clocks: for fields of dates, days of charts, marks of axes. */
export const clock = computed(() => (chosenZone.value === null ? ofBrowser : zoneClock(chosenZone.value)));
/** Its name. What the first page shows does not need it: see `browserClock`. */
export const zone = computed(() => clock.value.zone);

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"];

// Written by hand: each format of Intl costs a browser 5 to 10 ms before it writes its first time, and the page waits for it.
const FORMATS = {
  clock: (at: Date) => at.toISOString().slice(11, 16),
  clockWithSeconds: (at: Date) => at.toISOString().slice(11, 19),
  dayOnly: (at: Date) => `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`,
  day: (at: Date) => `${DAYS[at.getUTCDay()]}, ${FORMATS.dayOnly(at)} ${at.getUTCFullYear()}`,
  short: (at: Date) => `${FORMATS.dayOnly(at)}, ${FORMATS.clock(at)}`,
  /** At midnight the day. */
  clockOrDay: (at: Date) => (at.getUTCHours() + at.getUTCMinutes() === 0 ? FORMATS.dayOnly(at) : FORMATS.clock(at)),
  exact: (at: Date) => `${FORMATS.day(at)}, ${FORMATS.clockWithSeconds(at)}`,
};

export type TimeFormat = keyof typeof FORMATS;

/** A moment in the zone that is shown: `exact` is "Fri, 27 Nov 2026, 14:05:09 CET". */
export function timeText(millis: number, format: TimeFormat): string {
  const text = FORMATS[format](new Date(clock.value.local(millis)));
  return format === "exact" ? `${text} ${clock.value.nameAt(millis)}` : text;
}
