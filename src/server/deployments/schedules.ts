// The schedules of a deployment, as its column holds them, and what clients of 2.10 see of them and do to them.

import { readJson, writeJson } from "#db/codecs.ts";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import { MOST_SCHEDULES } from "#lib/limits.ts";
import { parseTimestamp, type Timestamp } from "#lib/time/timestamps.ts";
import type { DeploymentSchedule } from "#wire/deployments/deployment-schedules.ts";
import type { DeploymentScheduleCreate, Schedule } from "#wire/deployments/schedules.ts";

/** In the order of their creation. */
export type StoredSchedule = Omit<DeploymentSchedule, "deployment_id">;

export function readSchedules(column: string): StoredSchedule[] {
  return readJson<JsonObject[]>(column) as unknown as StoredSchedule[]; // written from this very type
}

/** Throws `invalid` for more than a deployment may have. */
export function writeSchedules(schedules: readonly StoredSchedule[]): string {
  if (schedules.length > MOST_SCHEDULES) {
    throw new OrchError("invalid", `A deployment has at most ${MOST_SCHEDULES} schedules, not ${schedules.length}.`);
  }
  return writeJson(schedules);
}

/** New ones, each with an id. */
export function newSchedules(given: readonly DeploymentScheduleCreate[], now: Timestamp): StoredSchedule[] {
  return given.map((schedule) => ({ id: newId(), created: now, updated: now, ...schedule }));
}

export function newSchedule(schedule: Schedule, now: Timestamp): StoredSchedule {
  const defaults = { active: true, max_active_runs: null, max_scheduled_runs: null, catchup: false };
  return { id: newId(), created: now, updated: now, schedule, ...defaults };
}

/** The one that clients of 2.10 see: the first that makes runs, or else the first. */
export function shownSchedule(schedules: readonly StoredSchedule[]): StoredSchedule | undefined {
  return schedules.find(({ active }) => active) ?? schedules[0];
}

/**
 * The schedules after a client of 2.10 has sent one. What it was shown says nothing new: such clients send it back with
 * every change. Throws `invalid` for another when there are several, as it cannot know which of them it stands for.
 */
export function withOneSchedule(
  schedules: readonly StoredSchedule[],
  given: Schedule | null,
  now: Timestamp,
): readonly StoredSchedule[] {
  const shown = shownSchedule(schedules);
  if (shown && Bun.deepEquals(shown.schedule, given)) return schedules;
  if (schedules.length > 1) {
    const ways =
      "Change them one by one below '/deployments/{id}/schedules', or with a client of Prefect 2.16 or later.";
    throw new OrchError("invalid", `Error updating deployment: it has ${schedules.length} schedules. ${ways}`);
  }
  if (given === null) return [];
  return [shown ? { ...shown, schedule: given, updated: now } : newSchedule(given, now)];
}

/**
 * The schedules of an upsert. Those that were there stay as they are, with their ids and, where the client names none, with
 * the anchor of their intervals.
 */
export function withKnown(
  given: readonly StoredSchedule[],
  known: readonly StoredSchedule[],
): readonly StoredSchedule[] {
  const anchored = given.map((one, index) => {
    const before = known[index]?.schedule;
    if (!before || !("interval" in before && "interval" in one.schedule)) return one;
    const isFilledIn = one.schedule.anchor_date === one.created;
    return isFilledIn ? { ...one, schedule: { ...one.schedule, anchor_date: before.anchor_date } } : one;
  });
  return makeSameRuns(anchored, known) ? known : anchored;
}

/** Whether the same runs come of both: ids and times of change play no part. */
export function makeSameRuns(some: readonly StoredSchedule[], others: readonly StoredSchedule[]): boolean {
  const relevant = (schedules: readonly StoredSchedule[]) =>
    schedules.map(({ schedule, active, max_scheduled_runs }) => [datesOf(schedule), active, max_scheduled_runs]);
  return Bun.deepEquals(relevant(some), relevant(others));
}

/** An anchor is a moment, however it is written. */
function datesOf(schedule: Schedule): object {
  const anchor = "interval" in schedule && schedule.anchor_date !== null ? parseTimestamp(schedule.anchor_date) : null;
  return { ...schedule, ...(anchor === null ? {} : { anchor_date: anchor }) };
}

/** After the deployment was switched on: if none makes runs, all do. */
export function withSomeActive(schedules: readonly StoredSchedule[]): readonly StoredSchedule[] {
  return schedules.some(({ active }) => active) ? schedules : schedules.map((one) => ({ ...one, active: true }));
}
