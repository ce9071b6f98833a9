// Schedules in words, for people: `At 03:00, every day`. Without their zone, which is said beside.
import { carried } from "#lib/carried.ts";
import { shortened } from "#lib/limits.ts";
import type { CronSchedule, Schedule } from "#wire/schedules.ts";
import asset from "../../../dist/assets/cron-words.asset" with { type: "file" };
import { recurrenceWords } from "./rrule-words.ts";

interface Cronstrue {
  toString(pattern: string, options: Record<string, boolean>): string;
}

let library: Cronstrue | undefined;

/** One sentence without a full stop. Of a schedule that makes no sense, the text that it was given as. */
export function scheduleWords(schedule: Schedule): string {
  if ("interval" in schedule) return intervalWords(schedule.interval);
  return "cron" in schedule ? cronWords(schedule) : recurrenceWords(schedule.rrule);
}

const OPTIONS = { use24HourTimeFormat: true, verbose: true, throwExceptionOnParseError: true };
const SECONDS_FIELD = 5;
/** A longer pattern is no reading for people. */
const MOST_LETTERS = 200;

function cronWords({ cron, day_or }: CronSchedule): string {
  if (cron.length > MOST_LETTERS) return `By the pattern '${shortened(cron, MOST_LETTERS)}'`;
  // Ours has the seconds at its end, the library's at its beginning.
  const fields = cron.trim().split(/\s+/);
  const seconds = fields.splice(SECONDS_FIELD);
  try {
    library ??= carried<Cronstrue>(asset);
    const words = library.toString([...seconds, ...fields].join(" "), OPTIONS);
    const plain = words.startsWith("Every")
      ? words.replace(/, every hour(?=,|$)/, "").replace(/, every day$/, "")
      : words;
    // Of two restricted fields of days, one is enough, unless the schedule says otherwise.
    return plain.replace(/, and (on|only on) /, day_or ? ", or on " : ", and only on ");
  } catch {
    return `By the pattern '${cron}'`; // one that the library does not know
  }
}

const UNITS: readonly [unit: string, seconds: number][] = [
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** `Every 2 days, 3 hours`. Seconds may have a fraction. */
function intervalWords(interval: number): string {
  const single = UNITS.find(([, seconds]) => interval % seconds === 0 && interval > 0);
  if (single) return `Every ${counted(interval / single[1], single[0])}`;
  let left = interval;
  const parts = UNITS.slice(1).flatMap(([unit, seconds]) => {
    const count = unit === "second" ? Number(left.toFixed(6)) : Math.floor(left / seconds);
    left -= count * seconds;
    return count > 0 ? [`${count} ${unit}${count === 1 ? "" : "s"}`] : [];
  });
  return `Every ${parts.join(", ")}`;
}

function counted(count: number, unit: string): string {
  return count === 1 ? unit : `${count} ${unit}s`;
}
