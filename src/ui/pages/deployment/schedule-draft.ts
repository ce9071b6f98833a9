// Turns a schedule into what its editor holds, and back; and into the command that sets it.
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { Schedule, ScheduleInput } from "#wire/deployments/schedules.ts";
import { zoneClock } from "../../data/zone-clock.ts";
import { shellWord } from "../../parts/text/command.tsx";

export const KINDS = ["cron", "interval", "rrule"] as const;
export type Kind = (typeof KINDS)[number];
export const TITLES: Record<Kind, string> = { cron: "Cron", interval: "Interval", rrule: "RRule" };
export const UNITS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
export type Unit = keyof typeof UNITS;

export interface Draft {
  kind: Kind;
  cron: string;
  isDayOr: boolean;
  every: string;
  unit: Unit;
  anchor: string;
  rrule: string;
  zone: string;
}

/** `usualZone`: of a schedule that is new. */
export function draftOf(schedule: Schedule | null, usualZone: string): Draft {
  const none = {
    cron: "0 9 * * *",
    isDayOr: true,
    every: "1",
    unit: "hours" as Unit,
    anchor: "",
    rrule: "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
  };
  // A schedule without a zone follows UTC; to show another one would move its runs at the next change.
  const zone = schedule ? (schedule.timezone ?? "UTC") : usualZone;
  if (schedule && "interval" in schedule) {
    const unit =
      (["days", "hours", "minutes"] as const).find((each) => schedule.interval % UNITS[each] === 0) ?? "seconds";
    const every = String(schedule.interval / UNITS[unit]);
    return { ...none, kind: "interval", every, unit, anchor: schedule.anchor_date ?? "", zone };
  }
  if (schedule && "rrule" in schedule) return { ...none, kind: "rrule", rrule: schedule.rrule, zone };
  if (schedule) return { ...none, kind: "cron", cron: schedule.cron, isDayOr: schedule.day_or, zone };
  return { ...none, kind: "cron", zone };
}

/** `null` while it is no schedule yet. */
export function scheduleOf(draft: Draft): ScheduleInput | null {
  const timezone = draft.zone === "" ? null : draft.zone;
  if (draft.kind === "cron")
    return draft.cron.trim() === "" ? null : { cron: draft.cron.trim(), timezone, day_or: draft.isDayOr };
  if (draft.kind === "rrule") return draft.rrule.trim() === "" ? null : { rrule: draft.rrule.trim(), timezone };
  const interval = secondsOf(draft);
  if (interval === null) return null;
  return { interval, timezone, ...(draft.anchor === "" ? {} : { anchor_date: anchorOf(draft) }) };
}

const LOCAL = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?$/;

/** A time without an offset is one on the clocks of the schedule's zone; the server would take it for one of UTC. */
function anchorOf({ anchor, zone }: Draft): string {
  if (!LOCAL.test(anchor) || zone === "") return anchor;
  try {
    const millis = zoneClock(zone).read(anchor.length === 10 ? `${anchor}T00:00` : anchor.replace(" ", "T"));
    return Number.isNaN(millis) ? anchor : toTimestamp(millis);
  } catch {
    return anchor; // the zone is not whole yet
  }
}

/** `null` for what is no number above 0. Microseconds are the least, as in the database. */
export function secondsOf({ every, unit }: Pick<Draft, "every" | "unit">): number | null {
  const seconds = /^\d+(\.\d+)?$/.test(every) ? Math.round(Number(every) * UNITS[unit] * 1e6) / 1e6 : 0;
  return seconds > 0 ? seconds : null;
}

/** The command that does the same; `more` are further options. */
export function commandOf(title: string, draft: Draft, more: string): string {
  const { kind, cron, isDayOr, rrule, zone } = draft;
  const anchor = anchorOf(draft);
  const what =
    kind === "interval"
      ? `--interval ${secondsOf(draft) ?? ""}${anchor === "" ? "" : ` --anchor-date ${shellWord(anchor)}`}`
      : `--${kind} ${shellWord((kind === "cron" ? cron : rrule).trim())}`;
  const days = kind === "cron" && !isDayOr ? " --day-or false" : "";
  const where = zone === "" ? "" : ` --timezone ${shellWord(zone)}`;
  return `orch deployment set-schedule ${shellWord(title)} ${what}${days}${where}${more}`;
}
