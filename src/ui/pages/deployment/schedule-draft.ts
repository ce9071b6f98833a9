// Turns a schedule into what its editor holds, and back; and into the command that sets it.
import type { Schedule, ScheduleInput } from "#wire/schedules.ts";
import { browserZone } from "../../data/zone.ts";
import { shellWord } from "../../parts/command.tsx";

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

export function draftOf(schedule: Schedule | null): Draft {
  const none = {
    cron: "0 9 * * *",
    isDayOr: true,
    every: "1",
    unit: "hours" as Unit,
    anchor: "",
    rrule: "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
  };
  const zone = schedule?.timezone ?? browserZone();
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
  const interval = Number(draft.every) * UNITS[draft.unit];
  if (!(interval > 0)) return null;
  return { interval, timezone, ...(draft.anchor === "" ? {} : { anchor_date: draft.anchor }) };
}

/** The command that does the same; `more` are further options. */
export function commandOf(title: string, draft: Draft, more: string): string {
  const { kind, cron, isDayOr, every, unit, anchor, rrule, zone } = draft;
  const what =
    kind === "interval"
      ? `--interval ${Number(every) * UNITS[unit]}${anchor === "" ? "" : ` --anchor-date ${shellWord(anchor)}`}`
      : `--${kind} ${shellWord((kind === "cron" ? cron : rrule).trim())}`;
  const days = kind === "cron" && !isDayOr ? " --day-or false" : "";
  const where = zone === "" ? "" : ` --timezone ${shellWord(zone)}`;
  return `orch deployment set-schedule ${shellWord(title)} ${what}${days}${where}${more}`;
}
