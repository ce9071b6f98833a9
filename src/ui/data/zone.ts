// The zone that all times are shown in, and how they are written: chosen in the top bar, the browser's by default.
import { computed } from "@preact/signals";
import { remembered } from "./storage.ts";
import { zoneClock } from "./zone-clock.ts";

/** `null`: the browser's own. */
export const chosenZone = remembered("zone");
export const BROWSER_ZONE: string = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const zone = computed(() => chosenZone.value ?? BROWSER_ZONE);

const DAY = { year: "numeric", month: "short", day: "numeric" } as const;
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

const formats = computed(() => {
  const make = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone.value });
  return {
    clock: make(CLOCK),
    clockWithSeconds: make({ ...CLOCK, second: "2-digit" }),
    day: make({ weekday: "short", ...DAY }),
    dayOnly: make({ month: "short", day: "numeric" }),
    short: make({ month: "short", day: "numeric", ...CLOCK }),
    exact: make({ weekday: "short", ...DAY, ...CLOCK, second: "2-digit", timeZoneName: "short" }),
  };
});

/** `clockOrDay`: the time of day, and at midnight the day. */
export type TimeFormat = keyof typeof formats.value | "clockOrDay";

/** A moment in the zone that is shown: `exact` is "Fri, 27 Nov 2026, 14:05:09 CET". */
export function timeText(millis: number, format: TimeFormat): string {
  if (format !== "clockOrDay") return formats.value[format].format(millis);
  const clock = formats.value.clock.format(millis);
  return clock === "00:00" ? formats.value.dayOnly.format(millis) : clock;
}

/** Its clocks: for fields of dates, days of charts, marks of axes. */
export const clock = computed(() => zoneClock(zone.value));
