// What deployments have done lately and do next, read for a few of them at a time.
import { readJson } from "#db/codecs.ts";
import type { Reader } from "#db/connect.ts";
import { atPlaces, ROW } from "#db/sql.ts";
import { scheduleWords } from "#domain/schedules/words.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { DeploymentActivity } from "#wire/deployments/deployment-activity.ts";
import { STATE_TYPES, type StateType } from "#wire/runs/states.ts";
import { readSchedules } from "../deployments/schedules.ts";
import { DEPLOYMENT_ORDER } from "../deployments/store.ts";
import { usualDurations } from "../flow-run-pages/rows.ts";
import { deploymentsWhere, type Filters } from "../kernel/filters.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";
import { estimatedRunTime, type RunTimes } from "../kernel/run-times.ts";

type Own = Omit<DeploymentActivity, "tags" | "paused" | "schedules" | "next_run" | "late" | "usual_duration" | "runs">;
export type ListedDeployment = Own & { tags: string; isOn: number; schedules: string };

export function listForActivity(
  q: Reader,
  filters: Filters,
  sort: keyof typeof DEPLOYMENT_ORDER,
  page: Page,
): ListedDeployment[] {
  const where = deploymentsWhere(filters);
  const rows = q.each<ListedDeployment>(
    `select deployment.id, deployment.name, deployment.flow_id, flow.name as flow_name, deployment.created,
       deployment.updated, deployment.tags, deployment.work_queue_id,
       coalesce(wq.name, deployment.work_queue_name) as work_queue_name, p.name as work_pool_name,
       deployment.is_schedule_active as isOn, deployment.schedules
     from deployment join flow on flow.id = deployment.flow_id
       left join work_queue wq on wq.id = deployment.work_queue_id left join work_pool p on p.id = wq.work_pool_id
     where ${where.sql} order by ${DEPLOYMENT_ORDER[sort]} limit ? offset ?`,
    ...[...where.params, page.limit, page.offset],
  );
  return rowsOfPage(rows, ["name", "tags", "schedules"]);
}

/** `now` in milliseconds. */
export function readActivity(
  q: Reader,
  { isOn, tags, schedules, ...own }: ListedDeployment,
  { runs, now }: { runs: number; now: number },
): DeploymentActivity {
  const { id } = own;
  return {
    ...own,
    tags: readJson<string[]>(tags),
    paused: isOn === 0,
    schedules: readSchedules(schedules).map(({ id: scheduleId, active, schedule }) => {
      return { id: scheduleId, active, schedule, words: scheduleWords(schedule) };
    }),
    next_run: nextRun(q, id),
    late: lateRuns(q, id),
    usual_duration: usualDurations(q, [id]).get(id) ?? null,
    runs: lastRuns(q, id, runs, now),
  };
}

function nextRun(q: Reader, id: string): string | null {
  const sql = `select min(next_scheduled_start_time) as next from flow_run
    where deployment_id = ? and state_type = 'SCHEDULED' and next_scheduled_start_time is not null`;
  return q.get<{ next: string | null }>(sql, id)?.next ?? null;
}

function lateRuns(q: Reader, id: string): number {
  const sql =
    "select count(*) as n from flow_run where deployment_id = ? and state_type = 'SCHEDULED' and state_name = 'Late'";
  return q.get<{ n: number }>(sql, id)?.n ?? 0;
}

const NOT_PLANNED: readonly StateType[] = STATE_TYPES.filter((type) => type !== "SCHEDULED");

/** The newest of each state, off the index alone, and of those the newest of all. */
function lastRuns(q: Reader, id: string, most: number, now: number): DeploymentActivity["runs"] {
  const ofState = `select ${ROW} as place from flow_run where deployment_id = ? and state_type = ?
    order by next_scheduled_start_time desc, ${ROW} desc limit ?`;
  const places = NOT_PLANNED.flatMap((type) =>
    q.all<{ place: number }>(ofState, id, type, most).map(({ place }) => place),
  );
  const newest = places.sort((a, b) => b - a).slice(0, most);
  const where = atPlaces("flow_run", newest);
  type Row = RunTimes & { id: string; state_type: StateType; created: string };
  const rows = q.all<Row>(
    `select id, created, state_type, state_timestamp, start_time, expected_start_time, total_run_time from flow_run
     where ${where.sql} order by ${ROW}`,
    ...where.params,
  );
  return {
    ids: rows.map((row) => row.id),
    states: rows.map((row) => row.state_type),
    at: rows.map((row) => Math.round(toMillis(row.start_time ?? row.expected_start_time ?? row.created))),
    seconds: rows.map((row) => estimatedRunTime(row, now)),
  };
}
