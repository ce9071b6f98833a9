// `--cron`, `--interval`, `--rrule` and what goes with them, to a schedule. Checked here, so that nothing is built for a
// schedule that the server would refuse.
import { readCatchup, readOverlap } from "#domain/catchup.ts";
import { intervalSeconds, readInterval } from "#domain/schedules/read-interval.ts";
import { usableSchedule } from "#domain/schedules/refusals.ts";
import { scheduleWords } from "#domain/schedules/words.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import { parseTimestamp } from "#lib/time/timestamps.ts";
import type { Schedule, ScheduleInput } from "#wire/deployments/schedules.ts";
import { UsageError } from "../kit/command.ts";

export const SCHEDULE_OPTIONS = {
  cron: { type: "string", description: "A cron string, such as '0 9 * * *'." },
  interval: { type: "string", description: "Seconds between two runs, or a length of time such as 30m, 1h or 1d." },
  "anchor-date": { type: "string", description: "Start of the first interval." },
  rrule: { type: "string", description: "A recurrence rule, such as 'FREQ=HOURLY;BYDAY=MO'." },
  timezone: { type: "string", description: "The time zone of the schedule, such as 'Europe/Berlin'." },
} as const;

export const POLICY_OPTIONS = {
  overlap: {
    type: "string",
    description:
      "What to do when a run is due while another one is running: allow (the default), skip, wait, cancel-older.",
  },
  catchup: {
    type: "string",
    description: "Which missed runs still start later: all (the default), last, none, 'within 6h'.",
  },
} as const;

/** The policies that were given; throws `invalid` with a sentence. */
export function readPolicies(flags: { overlap: string | undefined; catchup: string | undefined }) {
  return {
    ...(flags.overlap === undefined ? {} : { overlap: readOverlap(flags.overlap, "--overlap") }),
    ...(flags.catchup === undefined ? {} : { catchup: readCatchup(flags.catchup, "--catchup") }),
  };
}

export interface ScheduleFlags {
  cron: string | undefined;
  interval: string | undefined;
  "anchor-date": string | undefined;
  rrule: string | undefined;
  timezone: string | undefined;
  /** `true` or `false`, as text; only some commands take it. */
  "day-or"?: string | undefined;
}

/** Of `set-schedule`, in seconds. */
const LEAST_INTERVAL = 0.0001;
const RRULE_KEYS = ["rrule", "timezone"];

/** `undefined` when no schedule was asked for. Throws `invalid` with a sentence. */
export function readSchedule(flags: ScheduleFlags): Schedule | undefined {
  const { cron, interval, rrule, timezone = null, "anchor-date": anchor } = flags;
  const given = [cron, interval, rrule].filter((flag) => flag !== undefined);
  if (given.length > 1) throw new OrchError("invalid", "Only one schedule type can be provided.");
  if (anchor !== undefined && interval === undefined) throw onlyForIntervals();
  if (cron !== undefined)
    return usableSchedule({ cron, timezone, day_or: flags["day-or"] === undefined || truth(flags["day-or"]) });
  if (interval !== undefined) return usableSchedule(intervalOf(interval, anchor, timezone));
  if (rrule !== undefined) return usableSchedule(rruleOf(rrule, timezone));
  return undefined;
}

/** Exactly one, for `set-schedule`. Throws `invalid` with a sentence. */
export function readOneSchedule(flags: ScheduleFlags): Schedule {
  if (flags.interval !== undefined && !((intervalSeconds(flags.interval) ?? 0) >= LEAST_INTERVAL)) {
    const sentence = `Invalid value for '--interval': '${flags.interval}' is no number of seconds, ${LEAST_INTERVAL} or more`;
    throw new UsageError(`${sentence}, and no length of time such as 30m, 1h or 1d.`);
  }
  const given = [flags.cron, flags.interval, flags.rrule].filter((flag) => flag !== undefined);
  const schedule = given.length === 1 ? readSchedule(flags) : undefined;
  if (!schedule) {
    throw new OrchError("invalid", "Exactly one of `--interval`, `--rrule`, or `--cron` must be provided.");
  }
  if (flags["day-or"] !== undefined && flags.cron === undefined) throw onlyForCrons();
  return schedule;
}

/** For `set-schedule` without a kind: the schedule there is, with the options that were given. `name` is that of the deployment. Throws `invalid`. */
export function readChangedSchedule(flags: ScheduleFlags, before: Schedule | null, name: string): Schedule {
  const { timezone = before?.timezone ?? null, "anchor-date": anchor, "day-or": dayOr } = flags;
  if (!before) {
    const sentence = `'${name}' has no schedule that could be changed: give one with --cron, --interval or --rrule.`;
    throw new OrchError("invalid", sentence);
  }
  if (anchor !== undefined && !("interval" in before)) throw onlyForIntervals();
  if (dayOr !== undefined && !("cron" in before)) throw onlyForCrons();
  return usableSchedule({
    ...before,
    timezone,
    ...(anchor === undefined ? {} : { anchor_date: anchorOf(anchor) }),
    ...(dayOr === undefined ? {} : { day_or: truth(dayOr) }),
  });
}

const OF_SECONDS = 6;
/** A time of day without an offset. */
const NAIVE = /\d[T ]\d{1,2}:\d{2}(?::[\d.]+)?$/;

/** What people of other tools would take for something else. `anchor` is the text of the anchor date. */
export function scheduleNotes(schedule: ScheduleInput, anchor?: string | null): string[] {
  const zone = "timezone" in schedule ? schedule.timezone : null;
  const isElsewhere = Boolean(zone) && zone !== "UTC";
  if ("cron" in schedule && schedule.cron.trim().split(/\s+/).length === OF_SECONDS) {
    const words = scheduleWords({ cron: schedule.cron, timezone: null, day_or: schedule.day_or ?? true });
    return [`Note: the sixth field of a cron string is its seconds. This one means: ${words}.`];
  }
  if ("rrule" in schedule && /\bTZID=/i.test(schedule.rrule) && !isElsewhere) {
    return ["Note: the TZID of a recurrence rule is ignored, so its times are in UTC. Give the zone as 'timezone'."];
  }
  if (!anchor || !isElsewhere || !NAIVE.test(anchor)) return [];
  return [`Note: the anchor date '${anchor}' has no offset, so it is in UTC and not in ${zone}.`];
}

/** The same of a deployment file. */
export function noteSchedule({ schedule }: { schedule: ScheduleInput | null }, say: (line: string) => void): void {
  const anchor = schedule && "anchor_date" in schedule ? schedule.anchor_date : null;
  if (schedule) for (const note of scheduleNotes(schedule, anchor)) say(note);
}

function onlyForIntervals(): OrchError {
  return new OrchError("invalid", "An anchor date can only be provided with an interval schedule");
}

function onlyForCrons(): OrchError {
  return new OrchError("invalid", "`--day-or` can only be provided with a cron schedule");
}

/** Words for yes and no as the old command line reads them. */
function truth(text: string): boolean {
  if (/^(1|true|t|yes|y|on)$/i.test(text)) return true;
  if (/^(0|false|f|no|n|off)$/i.test(text)) return false;
  throw new OrchError("invalid", `--day-or must be true or false, not '${text}'.`);
}

function intervalOf(text: string, anchor: string | undefined, timezone: string | null): Schedule {
  const interval = readInterval(text, "The interval");
  return { interval, anchor_date: anchor === undefined ? null : anchorOf(anchor), timezone };
}

function anchorOf(text: string): string {
  if (parseTimestamp(text) !== null) return text;
  throw new OrchError("invalid", `The anchor date must be a valid date string, not '${text}'.`);
}

/** Also as JSON: `{"rrule": …, "timezone": …}`. */
function rruleOf(text: string, timezone: string | null): Schedule {
  const parsed = tryParseJson(text);
  if (parsed === undefined && text.trimStart().startsWith("{")) {
    throw new OrchError("invalid", `Failed to parse JSON: --rrule must be a rule, or as '{"rrule": "FREQ=DAILY"}'.`);
  }
  const { rrule, timezone: inner = null, ...more } = isObject(parsed) ? parsed : { rrule: text };
  if (text.includes("TZID") && timezone === null && !inner) {
    const json = `--rrule '{"rrule": "FREQ=MINUTELY;INTERVAL=5", "timezone": "America/New_York"}'`;
    throw new OrchError("invalid", `The TZID of a rule is ignored. Give its time zone with --timezone, or as ${json}.`);
  }
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) {
    const suggestion = didYouMean(unknown, RRULE_KEYS);
    throw new OrchError("invalid", `--rrule as JSON has "rrule" and "timezone", not "${unknown}".${suggestion}`);
  }
  if (typeof rrule !== "string") {
    throw new OrchError("invalid", `--rrule as JSON needs "rrule", as in '{"rrule": "FREQ=DAILY"}'.`);
  }
  if (inner !== null && typeof inner !== "string") {
    throw new OrchError("invalid", `The "timezone" of --rrule must be a name such as "Europe/Berlin".`);
  }
  return { rrule, timezone: timezone ?? inner };
}
