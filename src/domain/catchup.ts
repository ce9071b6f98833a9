// Reads and writes catch-up policies as people do in files and commands: `last`, `within 6h`, `{within: 90 min}`.

import { OrchError } from "#lib/errors.ts";
import { isExact, isObject } from "#lib/json.ts";
import { parseDuration } from "#lib/text/duration.ts";
import { CATCHUPS, type Catchup, MOST_CATCHUP_SECONDS, OVERLAPS, type Overlap } from "#wire/runs/run-policies.ts";

const UNITS: readonly [pattern: RegExp, seconds: number][] = [
  [/^(?:s|secs?|seconds?)$/, 1],
  [/^(?:m|mins?|minutes?)$/, 60],
  [/^(?:h|hrs?|hours?)$/, 3600],
  [/^(?:d|days?)$/, 86_400],
  [/^(?:w|weeks?)$/, 604_800],
];

/** `6h`, `90 min`, `1h30m`, `3600`, `PT6H`, `06:00:00` to seconds; undefined for anything else. */
export function spanSeconds(text: string): number | undefined {
  const parts = [
    ...text
      .trim()
      .toLowerCase()
      .matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*/gy),
  ];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text.trim().toLowerCase()) {
    return parseDuration(text) ?? undefined;
  }
  let sum = 0;
  for (const [, count, unit = ""] of parts) {
    const seconds = UNITS.find(([pattern]) => pattern.test(unit))?.[1];
    if (seconds === undefined) return undefined;
    sum += Number(count) * seconds;
  }
  return sum;
}

/** Throws `invalid`; `what` names the value in the sentence, such as `--catchup`. */
export function readCatchup(given: unknown, what: string): Catchup {
  const word = CATCHUPS.find((known) => known === given);
  if (word) return word;
  const [, written] = typeof given === "string" ? (/^within[\s=:]+(.+)$/.exec(given.trim()) ?? []) : [];
  const only = isObject(given) && Object.keys(given).join() === "within" ? given["within"] : undefined;
  const seconds = spanOf(written ?? only);
  const shown = typeof given === "string" ? `'${given}'` : JSON.stringify(given);
  if (seconds !== undefined && seconds > MOST_CATCHUP_SECONDS)
    throw new OrchError("invalid", `${what} is within ten years at most; not ${shown}.`);
  if (seconds !== undefined && seconds > 0) return { within: seconds };
  throw new OrchError(
    "invalid",
    `${what} is all, last, none, or within and a length of time such as 6h; not ${shown}.`,
  );
}

function spanOf(given: unknown): number | undefined {
  if (typeof given === "number") return given;
  if (isExact(given)) return Number(given.rawJSON);
  return typeof given === "string" ? spanSeconds(given) : undefined;
}

/** Throws `invalid`, as above. */
export function readOverlap(given: unknown, what: string): Overlap {
  const found = OVERLAPS.find((known) => known === given);
  if (found) return found;
  const shown = typeof given === "string" ? `'${given}'` : JSON.stringify(given);
  throw new OrchError("invalid", `${what} is ${OVERLAPS.slice(0, -1).join(", ")} or ${OVERLAPS.at(-1)}; not ${shown}.`);
}

/** `last`, `within 6h`. */
export function catchupText(catchup: Catchup): string {
  return typeof catchup === "string" ? catchup : `within ${spanText(catchup.within)}`;
}

/** `1d 12h`: whole units, the larger first; seconds with their fraction. */
function spanText(seconds: number): string {
  const parts: string[] = [];
  let left = seconds;
  for (const [unit, length] of [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
  ] as const) {
    const count = Math.floor(left / length);
    if (count > 0) parts.push(`${count}${unit}`);
    left -= count * length;
  }
  if (left > 0 || parts.length === 0) parts.push(`${left}s`);
  return parts.join(" ");
}
