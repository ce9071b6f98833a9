// `--start-in` and `--start-at`: when a run is to start, in the words of people. Read as UTC, and the next such moment
// is meant, as the old command line reads them.
import type * as chrono from "chrono-node/en";
import { OrchError } from "#lib/errors.ts";
import { embeddedLibrary } from "#lib/files/embedded-library.ts";
import { type Timestamp, toTimestamp } from "#lib/time/timestamps.ts";
import asset from "../../../dist/assets/moments.asset" with { type: "file" };

const DAY = 86_400_000;
const WEEK = 7 * DAY;

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
  const plain = spaced(words);
  const reference = { instant: new Date(now), timezone: 0 };
  const [found] = isMisread(plain)
    ? []
    : embeddedLibrary<typeof chrono>(asset).parse(plain, reference, { forwardDate: true });
  // Words that are left over may say something else: `the day after tomorrow` is not tomorrow.
  const whole = found?.index === 0 && found.text.length === plain.length ? found.start : undefined;
  const moment = whole && exact(whole, now);
  if (moment) return toTimestamp(moment.getTime());
  const sentence = `Unable to parse scheduled start time '${shown}'.`;
  throw new OrchError("invalid", `${sentence} Words such as --start-in "10 minutes" and --start-at "tomorrow 5pm" do.`);
}

const UNIT = "(s|sec|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|mos?|months?|y|yrs?|years?)\\b";
const AMOUNT = "(\\d+(?:\\.\\d+)?)";

/** `1h and 45min` as `1 h 45 min`: chrono loses digits after an `and` without a space (2.10.3). */
function spaced(words: string): string {
  return words
    .replace(new RegExp(`${AMOUNT}\\s*${UNIT}`, "gi"), "$1 $2")
    .replace(new RegExp(`\\s*(?:,|,?\\s+and\\s)\\s*(?=${AMOUNT} ${UNIT})`, "gi"), " ");
}

/** What chrono takes for something else. */
function isMisread(words: string): boolean {
  const amounts = [...words.matchAll(new RegExp(`${AMOUNT} ${UNIT}`, "gi"))];
  const units = amounts.map(([, , unit = ""]) => (/^mo/i.test(unit) ? "mo" : unit.slice(0, 1).toLowerCase()));
  // Of `1 hour 1 hour` it keeps one, half of a week or more it rounds.
  const isRepeated = new Set(units).size < units.length;
  const isRounded = amounts.some(
    ([, amount = ""], index) => amount.includes(".") && !"smhd".includes(units[index] ?? ""),
  );
  return isRepeated || isRounded || /\b(last|past|previous|this)\b/i.test(words);
}

/** A day without a time begins at midnight; a month without a day is no moment. */
function exact(found: chrono.ParsedResult["start"], now: number): Date | undefined {
  const tags = found.tags();
  // Beside a day that was counted it takes midnight for noon.
  if (tags.has("casualReference/midnight") && found.get("hour") !== 0) return undefined;
  const isRelative = tags.has("result/relativeDate") || [...tags].some((tag) => tag.startsWith("casualReference/"));
  if (!isRelative && !found.isCertain("day") && !found.isCertain("weekday") && !found.isCertain("hour"))
    return undefined;
  const isWhole = isRelative || found.isCertain("hour");
  const moment = isWhole ? found.date().getTime() : Math.floor(found.date().getTime() / DAY) * DAY;
  return new Date(isToday(found, now) ? moment + WEEK : moment);
}

/** A weekday by its name: said on a Monday, `monday 5pm` is a week away. */
function isToday(found: chrono.ParsedResult["start"], now: number): boolean {
  if (!found.isCertain("weekday") || found.isCertain("day")) return false;
  const today = new Date(now);
  return found.get("day") === today.getUTCDate() && found.get("month") === today.getUTCMonth() + 1;
}
