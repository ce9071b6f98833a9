// `--start-in` and `--start-at`: when a run is to start, in the words of people. Read as UTC, and the next such moment
// is meant, as the old command line reads them.
import * as chrono from "chrono-node/en";
import { OrchError } from "#lib/errors.ts";
import { type Timestamp, toTimestamp } from "#lib/timestamps.ts";

const DAY = 86_400_000;

/** `now` in milliseconds. Throws `invalid` for words that make no moment. */
export function readStartTime(start: { in?: string | undefined; at?: string | undefined }, now: number): Timestamp {
  if (start.in !== undefined && start.at !== undefined) {
    throw new OrchError("invalid", "Only one of `--start-in` or `--start-at` can be set, not both.");
  }
  if (start.in !== undefined) return momentIn(`in ${start.in.trim()}`, `in ${start.in}`, now);
  if (start.at !== undefined) return momentIn(start.at.trim(), `at ${start.at}`, now);
  return toTimestamp(now);
}

function momentIn(words: string, shown: string, now: number): Timestamp {
  const reference = { instant: new Date(now), timezone: 0 };
  const [found] = chrono.parse(words, reference, { forwardDate: true });
  // Words that are left over may say something else: `the day after tomorrow` is not tomorrow.
  const whole = found?.index === 0 && found.text.length === words.length ? found.start : undefined;
  const moment = whole && exact(whole);
  if (moment) return toTimestamp(moment.getTime());
  const sentence = `Unable to parse scheduled start time '${shown}'.`;
  throw new OrchError("invalid", `${sentence} Words such as --start-in "10 minutes" and --start-at "tomorrow 5pm" do.`);
}

/** A day without a time begins at midnight; a month without a day is no moment. */
function exact(found: chrono.ParsedResult["start"]): Date | undefined {
  const tags = found.tags();
  const isRelative = tags.has("result/relativeDate") || [...tags].some((tag) => tag.startsWith("casualReference/"));
  if (isRelative || found.isCertain("hour")) return found.date();
  if (!found.isCertain("day") && !found.isCertain("weekday")) return undefined;
  return new Date(Math.floor(found.date().getTime() / DAY) * DAY);
}
