// Shows moments and durations: relative in words, in the zone of the top bar. time-titles.ts shows the exact moment on hover.

import { durationText, relativeTime } from "#lib/text/words-of-time.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { moment, paceOf, second } from "../../data/clock.ts";
import { type TimeFormat, timeText } from "../../data/zone.ts";

export interface TimeProps {
  /** A timestamp of the API; nothing is shown for `null`. */
  at: string | null | undefined;
  /** Written out instead of relative: `short` is "27 Nov, 14:05". */
  as?: TimeFormat;
}

export function Time({ at, as }: TimeProps) {
  if (!at) return null;
  const millis = toMillis(at);
  return <time dateTime={at}>{as ? timeText(millis, as) : relativeTime(millis, moment.value)}</time>;
}

export interface DurationProps {
  seconds?: number | undefined;
  /** The start of what is running: it goes on by the second. */
  since?: string | null | undefined;
  /** One of many: after a minute it goes on every ten seconds. */
  isInList?: boolean;
}

/** `1.2 s`. */
export function Duration({ seconds, since, isInList = false }: DurationProps) {
  if (since) return <Running {...{ since, isInList }} />;
  return seconds === undefined ? null : <span title={`${seconds} seconds`}>{durationText(seconds)}</span>;
}

function Running({ since, isInList }: { since: string; isInList: boolean }) {
  const begin = toMillis(since);
  const clock = isInList ? paceOf(begin) : second;
  const passed = Math.max(0, Math.floor((clock.value - begin) / 1000));
  return <span>{durationText(passed)}</span>;
}
