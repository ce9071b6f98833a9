// Describes schedules in words, for people: `Every day, at 03:00`. The caller adds the time zone.
import { shortened } from "#lib/limits.ts";
import type { CronSchedule, Schedule } from "#wire/deployments/schedules.ts";
import { parseCron } from "./cron-pattern.ts";
import { cronWords } from "./cron-words.ts";
import { recurrenceWords } from "./rrule-words.ts";

/** One sentence without a full stop. Of a schedule that makes no sense, the text that it was given as. */
export function scheduleWords(schedule: Schedule): string {
  if ("interval" in schedule) return intervalWords(schedule.interval);
  return "cron" in schedule ? patternWords(schedule) : recurrenceWords(schedule.rrule);
}

/** A longer pattern is no reading for people. */
const MOST_LETTERS = 200;

function patternWords({ cron, day_or }: CronSchedule): string {
  if (cron.length > MOST_LETTERS) return `By the pattern '${shortened(cron, MOST_LETTERS)}'`;
  try {
    return cronWords(parseCron(cron), day_or);
  } catch {
    return `By the pattern '${cron}'`; // the reason is what the check of the schedule says
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
