// The time of day as consoles show it. The first local time a process asks for costs 3.3 ms (the runtime loads its zone
// data), a third of a child's start; machines on UTC, most containers among them, are spared that.
import { isUtcZone } from "./zone.ts";

/** `HH:MM:SS.mmm` of the machine's own zone. */
export function localTime(millis: number, utc: boolean = isUtcZone()): string {
  const moment = new Date(Math.floor(millis));
  if (utc) return moment.toISOString().slice(11, 23);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}`;
  return `${clock}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}
