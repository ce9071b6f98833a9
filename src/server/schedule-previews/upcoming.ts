// The runs that deployments will have, as their schedules name them, and those that were planned by hand.
import type { Reader } from "#db/connect.ts";
import { createBudget } from "#domain/schedules/budget.ts";
import { dates, type ScheduledDate } from "#domain/schedules/expand.ts";
import { createZones, type Zones } from "#domain/schedules/zone.ts";
import { OrchError } from "#lib/errors.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import { nextTurn } from "#lib/yield.ts";
import type { UpcomingRuns } from "#wire/deployments/schedule-previews.ts";
import type { Schedule } from "#wire/deployments/schedules.ts";
import type { ListedDeployment } from "../deployment-activity/store.ts";
import { readSchedules } from "../deployments/schedules.ts";
import type { Filters } from "../kernel/filters.ts";
import type { RouteContext } from "../slow-reads/slow-reads.ts";
import { markOf } from "./preview.ts";

type Upcoming = UpcomingRuns["deployments"][number];
type Planned = Upcoming["planned"][number];

/** Milliseconds. */
interface Range {
  start: number;
  end: number;
  limit: number;
}

const MOST_DEPLOYMENTS = 200;
/** Deployments whose dates are worked out before others get their turn. */
const TURN = 10;

function readPlanned(q: Reader, deploymentId: string, { start, end, limit }: Range): Planned[] {
  const rows = q.all<{ id: string; name: string; due: string }>(
    `select id, name, next_scheduled_start_time as due from flow_run
     where deployment_id = ? and state_type = 'SCHEDULED' and next_scheduled_start_time >= ?
       and next_scheduled_start_time <= ? and auto_scheduled = 0
     order by next_scheduled_start_time limit ?`,
    ...[deploymentId, toTimestamp(start), toTimestamp(end), limit],
  );
  return rows.map(({ id, name, due }) => ({ flow_run_id: id, name, at: Math.round(toMillis(due)) }));
}

/** Each deployment has a budget of its own for the steps of its schedules, and others get their turn in between. */
export async function upcomingOf(
  { db, slowReads }: RouteContext,
  filters: Filters,
  range: Range,
): Promise<UpcomingRuns> {
  const page = { limit: MOST_DEPLOYMENTS, offset: 0 };
  const { count, listed } = await slowReads.readValue("listedDeployments", { filters, sort: "NAME_ASC", page });
  const zones = createZones();
  const deployments: Upcoming[] = [];
  for (const [index, deployment] of listed.entries()) {
    const planned = await db.read((q) => readPlanned(q, deployment.id, range));
    deployments.push({ id: deployment.id, ...timesOf(deployment, range, zones), planned });
    if (index % TURN === TURN - 1) await nextTurn();
  }
  return { until: toTimestamp(range.end), count, deployments };
}

interface Found extends ScheduledDate {
  schedule: Schedule;
}

function timesOf(deployment: ListedDeployment, range: Range, zones: Zones): Omit<Upcoming, "id" | "planned"> {
  const active =
    deployment.isOn === 1 ? readSchedules(deployment.schedules).filter(({ active: isActive }) => isActive) : [];
  const found = active.flatMap(({ schedule }) => datesOf(schedule, deployment, range, zones));
  found.sort((a, b) => a.instant - b.instant);
  // Two schedules may name the same moment: it is one run.
  const runs = found.filter(({ instant }, index) => instant !== found[index - 1]?.instant);
  const shown = runs.slice(0, range.limit);
  const notes = shown.flatMap(({ schedule, ...date }, index) => {
    const { mark, note } = markOf(
      zones.get(schedule.timezone || "UTC"),
      date,
      shown[index - 1]?.instant ?? range.start,
    );
    return mark && note ? [{ index, mark, note }] : [];
  });
  return { times: shown.map(({ instant }) => Math.round(instant)), notes, left_out: runs.length > shown.length };
}

/** None of a schedule that cannot be expanded: the scheduler says so in its log. */
function datesOf(
  schedule: Schedule,
  { created }: ListedDeployment,
  { start, end, limit }: Range,
  zones: Zones,
): Found[] {
  // One more than is shown, to know whether there are others.
  const bounds = { start, end, limit: limit + 1, anchor: toMillis(created), budget: createBudget() };
  try {
    return [...dates(schedule, bounds, zones)].map((date) => ({ ...date, schedule }));
  } catch (error) {
    if (error instanceof OrchError) return [];
    throw error;
  }
}
