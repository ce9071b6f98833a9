// A thousand random schedules with the dates of the old server (recorded by test/fixtures/schedule-oracle.py), beside ours.
import * as v from "valibot";
import { checkSchedule, dates } from "#domain/schedules/expand.ts";
import type { Zone, Zones } from "#domain/schedules/zone.ts";
import { type Schedule, schedule } from "#wire/deployments/schedules.ts";
import recorded from "../../fixtures/schedule-oracle.json";

const DAY = 86_400_000;
/** Rules were asked for this long, so that one without further dates ends. */
const HORIZON = 3000 * DAY;
const ADDED_AT = "2023-01-01T00:00:00.000000+00:00";
/** What the clock of the recording showed: a rule without DTSTART starts there. */
export const RECORDED_AT = Date.parse("2022-06-15T09:20:40Z");

export interface Row {
  schedule: Schedule;
  start: string;
  limit: number;
  /** The old server's; a sentence where it gave none. */
  old: string[] | string;
}

export interface Compared extends Row {
  zone: Zone;
  found: string[];
}

export interface Difference extends Compared {
  /** Of the first date that differs. */
  at: number;
}

export const ROWS: Row[] = (recorded as [unknown, string, number, string[] | string][]).map(
  ([given, start, limit, old]) => ({
    schedule: checkSchedule(v.parse(schedule(), given), ADDED_AT),
    start,
    limit,
    old,
  }),
);

/** Our dates for what a row asks; of the schedule in its place, when one is given. */
export function ask(row: Row, zones: Zones, given = row.schedule, anchor = RECORDED_AT): string[] {
  const start = Date.parse(row.start);
  const bounds = { start, limit: row.limit, anchor, ...("rrule" in given ? { end: start + HORIZON } : {}) };
  return [...dates(given, bounds, zones)].map(({ text }) => text);
}

export function compare(row: Row, zones: Zones): Compared {
  return { ...row, zone: zones.get(row.schedule.timezone || "UTC"), found: ask(row, zones) };
}

/** `undefined` when the dates are the same. */
export function differenceOf(compared: Compared): Difference | undefined {
  const { old, found } = compared;
  if (typeof old === "string") return { ...compared, at: 0 };
  const length = Math.max(old.length, found.length);
  const at = Array.from({ length }, (_, index) => index).find((index) => old[index] !== found[index]);
  return at === undefined ? undefined : { ...compared, at };
}

export function kindOf({ schedule }: Row): "cron" | "interval" | "rrule" {
  if ("cron" in schedule) return "cron";
  return "interval" in schedule ? "interval" : "rrule";
}

/** Whether the zone's clocks change between the start and the last date, or within two days of one of them. */
export function spansChange({ zone, start, found }: Compared): boolean {
  const instants = [start, ...found].map((text) => Date.parse(text));
  return instants.some((instant) => !isCalm(zone, instant) || zone.offset(instant) !== zone.offset(instants[0] ?? 0));
}

/** No clock change within two days. */
export function isCalm(zone: Zone, instant: number): boolean {
  return zone.isSteady(instant) && zone.isSteady(instant - DAY) && zone.isSteady(instant + DAY);
}
