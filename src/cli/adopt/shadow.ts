// Computes the schedules of a living Prefect server as orch would, and compares the dates with the runs that it has made of them.
import { dates, MOST_DATES } from "#domain/schedules/expand.ts";
import { messageOf } from "#lib/errors.ts";
import { type Json, type JsonObject, objectOf } from "#lib/json.ts";
import { parseTimestamp, type Timestamp, toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import type { Schedule } from "#wire/deployments/schedules.ts";
import { idOf, nameOf, objectsOf } from "./server/api-rows.ts";
import { createLackingNotes, type Lacking, type LackingNotes, placeName } from "./server/lacking.ts";
import type { PrefectApi } from "./server/prefect-api.ts";

/** Of one deployment with a schedule that is active. */
export interface Compared {
  /** `say-hi/daily` */
  deployment: string;
  /** Dates that both have. */
  same: number;
  /** Scheduled by Prefect alone, in UTC. */
  only_prefect: Timestamp[];
  /** Those that orch would schedule too, no later than Prefect's last. */
  only_orch: Timestamp[];
  /** Why nothing was compared. */
  note: string | null;
}

export interface Comparison {
  compared: Compared[];
  /** What the server cannot send, and so was not compared. */
  lacking: Lacking[];
}

/** From `now` on, as far as Prefect has scheduled each. */
export async function compareSchedules(api: PrefectApi, now: number): Promise<Comparison> {
  const notes = createLackingNotes();
  const flows = new Map<string, string>();
  for await (const page of sendable(api, "flows", { sort: "CREATED_DESC" }, notes))
    for (const flow of page) flows.set(idOf(flow), nameOf(flow));
  const made = await scheduledDates(api, now, notes);
  const compared: Compared[] = [];
  for await (const page of sendable(api, "deployments", { sort: "CREATED_DESC" }, notes)) {
    for (const deployment of page) {
      const schedules = activeSchedules(deployment);
      if (schedules.length === 0) continue;
      const name = `${flows.get(String(deployment["flow_id"])) ?? "?"}/${nameOf(deployment)}`;
      const anchor = millisOf(deployment["created"]) ?? now;
      compared.push({ deployment: name, ...compare(schedules, made.get(idOf(deployment)) ?? [], { now, anchor }) });
    }
  }
  return { compared: compared.toSorted((a, b) => (a.deployment < b.deployment ? -1 : 1)), lacking: notes.all() };
}

/** The objects of a table, without those that the server fails with, which are noted. */
function sendable(
  api: PrefectApi,
  table: string,
  body: JsonObject,
  notes: LackingNotes,
): AsyncIterable<readonly JsonObject[]> {
  return api.pages(`/${table}/filter`, body, (one) => notes.unsent(table, placeName(one)));
}

/** Of each deployment the moments, from `now` on, of the runs that its schedule has made: whatever has become of them. */
async function scheduledDates(
  api: PrefectApi,
  now: number,
  notes: LackingNotes,
): Promise<ReadonlyMap<string, number[]>> {
  const made = new Map<string, number[]>();
  const flow_runs = { expected_start_time: { after_: toTimestamp(now) } };
  for await (const page of sendable(api, "flow_runs", { sort: "ID_DESC", flow_runs }, notes)) {
    for (const { auto_scheduled, deployment_id, expected_start_time } of page) {
      const millis = millisOf(expected_start_time);
      if (auto_scheduled !== true || millis === undefined || millis < now) continue;
      made.set(String(deployment_id), [...(made.get(String(deployment_id)) ?? []), millis]);
    }
  }
  return made;
}

function millisOf(value: Json | undefined): number | undefined {
  const timestamp = typeof value === "string" ? parseTimestamp(value) : null;
  return timestamp === null ? undefined : toMillis(timestamp);
}

/** Since 2.16 there may be several, and a deployment is paused as a whole. */
function activeSchedules(deployment: JsonObject): Schedule[] {
  const { schedule, schedules, is_schedule_active, paused } = deployment;
  if (paused === true || (paused === undefined && is_schedule_active !== true)) return [];
  const given = Array.isArray(schedules)
    ? objectsOf(schedules).flatMap((one) => (one["active"] === true ? [objectOf(one["schedule"])] : []))
    : [objectOf(schedule)];
  // As Prefect's server checks them, which orch's forms are.
  return given.filter((one) => Object.keys(one).length > 0).map((one) => withNumber(one) as unknown as Schedule);
}

/** An interval may be written `90.0`. */
function withNumber(schedule: JsonObject): JsonObject {
  const { interval } = schedule;
  return interval === undefined ? schedule : { ...schedule, interval: Number(JSON.stringify(interval)) };
}

type Found = Omit<Compared, "deployment">;

function compare(
  schedules: readonly Schedule[],
  made: readonly number[],
  { now, anchor }: Record<"now" | "anchor", number>,
): Found {
  const none: Found = { same: 0, only_prefect: [], only_orch: [], note: null };
  if (made.length === 0) return { ...none, note: "Prefect has scheduled no runs of it" };
  const theirs = new Set(made.map(toTimestamp));
  const end = Math.max(...made);
  const ours = new Set<Timestamp>();
  const extra = new Set<Timestamp>();
  try {
    for (const schedule of schedules) {
      const found = [...dates(schedule, { start: now, end, limit: MOST_DATES, anchor })].map(({ instant }) =>
        toTimestamp(instant),
      );
      for (const date of found) ours.add(date);
      // Prefect schedules each of several schedules up to a different date.
      const last = schedules.length === 1 ? found.length - 1 : found.findLastIndex((date) => theirs.has(date));
      for (const date of found.slice(0, last + 1)) if (!theirs.has(date)) extra.add(date);
    }
  } catch (error) {
    return {
      ...none,
      only_prefect: [...theirs].toSorted(),
      note: `orch cannot compute its schedule: ${messageOf(error)}`,
    };
  }
  const alone = [...theirs].filter((date) => !ours.has(date));
  return {
    same: theirs.size - alone.length,
    only_prefect: alone.toSorted(),
    only_orch: [...extra].toSorted(),
    note: null,
  };
}
