// Turns a date and time of a zone's clocks into a moment.
import { toTimestamp } from "#lib/timestamps.ts";

const STEPS = 3;

/** `local` as `2026-11-27T14:30`; `null` for what is no date and time. Of a time that comes twice the first, of one that is skipped the one after. */
export function momentIn(local: string, zone: string): string | null {
  const wanted = Date.parse(`${local}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local) || Number.isNaN(wanted)) return null;
  let guess = wanted;
  for (let step = 0; step < STEPS; step += 1) guess += wanted - clockOf(guess, zone);
  return toTimestamp(guess);
}

/** What the clocks of a zone show, as if they were those of UTC. Milliseconds. */
function clockOf(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en-CA", {
    ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
    ...{ hourCycle: "h23", timeZone: zone },
  } as Intl.DateTimeFormatOptions);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return Date.parse(
    `${parts["year"]}-${parts["month"]}-${parts["day"]}T${parts["hour"]}:${parts["minute"]}:${parts["second"]}Z`,
  );
}
