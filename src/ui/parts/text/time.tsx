// Shows moments and durations: relative in words, in the zone of the top bar. time-titles.ts shows the exact moment on hover.

import { durationText, relativeTime } from "#lib/text/words-of-time.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { moment, second } from "../../data/clock.ts";
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

/** `1.2 s`. Of what is running it goes on by the second: give its start as `since`. */
export function Duration({ seconds, since }: { seconds?: number | undefined; since?: string | null | undefined }) {
  if (since) return <Running since={since} />;
  return seconds === undefined ? null : <span title={`${seconds} seconds`}>{durationText(seconds)}</span>;
}

function Running({ since }: { since: string }) {
  const passed = Math.max(0, Math.floor((second.value - toMillis(since)) / 1000));
  return <span>{durationText(passed)}</span>;
}
