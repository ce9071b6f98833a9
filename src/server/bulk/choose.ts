// Chooses runs or deployments by a filter: those that an action fits, and why the others do not.
import type { Reader } from "#db/connect.ts";
import { ROW } from "#db/sql.ts";
import type { Chosen, DeploymentAction, FlowRunAction } from "#wire/runs/bulk.ts";
import { deploymentsWhere, type Filters, flowRunsWhere } from "../kernel/filters.ts";
import { type Fit, fitOfDeployment, fitOfRun, type RunState } from "./fit.ts";

export interface RunChoice {
  action: FlowRunAction;
  filters: Filters;
  most: number;
}

const NAMED = 5;

export function chooseRuns(q: Reader, { action, filters, most }: RunChoice): Chosen {
  const where = flowRunsWhere(filters);
  const rows = q.each<RunState & { id: string }>(
    `select id, state_type, state_name, deployment_id from flow_run where ${where.sql} order by ${ROW} desc`,
    ...where.params,
  );
  return choice(
    rows,
    most,
    (run) => fitOfRun(action, run),
    (id) => nameOf(q, "flow_run", id),
  );
}

export interface DeploymentChoice {
  action: DeploymentAction;
  filters: Filters;
  most: number;
}

export function chooseDeployments(q: Reader, { action, filters, most }: DeploymentChoice): Chosen {
  const where = deploymentsWhere(filters);
  const rows = q.each<{ id: string; isOn: number }>(
    `select id, is_schedule_active as isOn from deployment where ${where.sql} order by ${ROW} desc`,
    ...where.params,
  );
  return choice(
    rows,
    most,
    ({ isOn }) => fitOfDeployment(action, isOn === 1),
    (id) => nameOf(q, "deployment", id),
  );
}

function choice<Row extends { id: string }>(
  rows: Iterable<Row>,
  most: number,
  fitOf: (row: Row) => Fit,
  named: (id: string) => string,
): Chosen {
  const ids: string[] = [];
  const reasons = new Map<string, number>();
  let count = 0;
  let fits = 0;
  for (const row of rows) {
    count += 1;
    const fit = fitOf(row);
    if (fit) reasons.set(fit.reason, (reasons.get(fit.reason) ?? 0) + 1);
    else fits += 1;
    if (!fit && ids.length < most) ids.push(row.id);
  }
  const unfit = [...reasons].map(([reason, number]) => ({ reason, count: number }));
  return { count, fits, ids, names: ids.slice(0, NAMED).map(named), unfit };
}

function nameOf(q: Reader, table: "flow_run" | "deployment", id: string): string {
  const sql =
    table === "flow_run"
      ? "select name from flow_run where id = ?"
      : "select f.name || '/' || d.name as name from deployment d join flow f on f.id = d.flow_id where d.id = ?";
  return q.get<{ name: string }>(sql, id)?.name ?? id;
}
