// Turns any filter of the wire into SQL. Resources are joined here and nowhere else: a filter on one keeps the rows that
// have at least one matching row of the other, and filters on runs and their task runs must be met by the same run.

import type { Reader, SqlValue } from "#db/connect.ts";
import {
  ALWAYS,
  all,
  any,
  type Condition,
  condition,
  contains,
  holdsAll,
  inList,
  mostly,
  notInList,
  startsWithAny,
  unindexed,
  within,
} from "#db/sql.ts";
import type {
  DeploymentFilter,
  FlowFilter,
  FlowRunFilter,
  LogFilter,
  TaskRunFilter,
  WorkPoolFilter,
  WorkQueueFilter,
} from "#wire/filters.ts";

/** A condition: some schedule makes runs. The text cannot be part of a schedule itself: its quotes would be escaped. */
export function hasActiveSchedule(table: string): string {
  return `instr(${table}.schedules, '"active":true') > 0`;
}

export interface Filters {
  flows?: FlowFilter | null;
  flow_runs?: FlowRunFilter | null;
  task_runs?: TaskRunFilter | null;
  deployments?: DeploymentFilter | null;
  work_pools?: WorkPoolFilter | null;
  work_pool_queues?: WorkQueueFilter | null;
}

type Maybe<T> = T | null | undefined;

interface Operators {
  any_?: Maybe<readonly SqlValue[]>;
  not_any_?: Maybe<readonly SqlValue[]>;
  like_?: Maybe<string>;
  startswith_?: Maybe<readonly string[]>;
  all_?: Maybe<readonly string[]>;
  is_null_?: Maybe<boolean>;
  before_?: Maybe<string>;
  after_?: Maybe<string>;
  eq_?: Maybe<boolean>;
  ge_?: Maybe<number>;
  le_?: Maybe<number>;
  operator?: "and_" | "or_";
}

type Combined = { operator?: "and_" | "or_" };

function combine(filter: Combined, conditions: readonly Condition[]): Condition {
  return filter.operator === "or_" ? any(conditions) : all(conditions);
}

const IS_SET = (value: unknown): boolean => value !== null && value !== undefined;

/** One condition of several: what the filter around it joins are fields. */
function together({ operator }: Operators, found: Condition[]): Condition[] {
  return found.length > 1 ? [operator === "or_" ? any(found) : all(found)] : found;
}

/** The conditions of one field, by the operators it was given. */
export function field(column: string, operators: Maybe<Operators>): Condition[] {
  if (!operators) return [];
  const { any_, not_any_, like_, startswith_, is_null_, before_, after_, eq_, ge_, le_ } = operators;
  const found: Condition[] = [];
  if (any_) found.push(inList(column, any_));
  if (not_any_) found.push(notInList(column, not_any_));
  if (IS_SET(like_)) found.push(contains(column, like_ ?? ""));
  if (startswith_?.length) found.push(startsWithAny(column, startswith_));
  if (IS_SET(is_null_)) found.push(condition(`${column} is ${is_null_ ? "null" : "not null"}`));
  if (before_) found.push(condition(`${column} <= ?`, before_));
  if (after_) found.push(condition(`${column} >= ?`, after_));
  if (IS_SET(eq_)) found.push(condition(`${column} = ?`, eq_ ? 1 : 0));
  if (IS_SET(ge_)) found.push(condition(`${column} >= ?`, ge_ ?? 0));
  if (IS_SET(le_)) found.push(condition(`${column} <= ?`, le_ ?? 0));
  return together(operators, found);
}

/** The beginnings of ids are ranges of the index, which `like` does not use: `g` follows every digit of an id. */
function idField(column: string, operators: Maybe<Operators>): Condition[] {
  const { startswith_, ...others } = operators ?? {};
  if (!startswith_?.length) return field(column, operators);
  const ranges = startswith_.map((start) => condition(`${column} >= ? and ${column} < ?`, start, `${start}g`));
  return together(others, [...field(column, others), any(ranges)]);
}

/** For tags, `is_null_` asks for an empty list. */
export function tags(column: string, operators: Maybe<Operators>): Condition[] {
  if (!operators) return [];
  const found: Condition[] = [];
  if (operators.all_) found.push(holdsAll(column, operators.all_));
  if (IS_SET(operators.is_null_)) found.push(condition(`${column} ${operators.is_null_ ? "=" : "<>"} '[]'`));
  return together(operators, found);
}

type StateFilter = FlowRunFilter["state"];

function state(table: string, filter: StateFilter): Condition[] {
  if (!filter) return [];
  return [
    combine(filter, [...field(`${table}.state_type`, filter.type), ...field(`${table}.state_name`, filter.name)]),
  ];
}

function flowConditions(filter: FlowFilter): Condition {
  return combine(filter, [
    ...field("flow.id", filter.id),
    ...field("flow.name", filter.name),
    ...tags("flow.tags", filter.tags),
  ]);
}

/** `narrow`: another condition leaves few runs, of which most states and times are. */
function flowRunConditions(filter: FlowRunFilter, narrow = Boolean(filter.deployment_id?.any_)): Condition {
  const wide = (found: Condition[]) =>
    narrow ? found.map(({ sql, params }) => condition(mostly(sql), ...params)) : found;
  return combine(filter, [
    ...idField("flow_run.id", filter.id),
    ...field("flow_run.name", filter.name),
    ...tags("flow_run.tags", filter.tags),
    ...field("flow_run.deployment_id", filter.deployment_id),
    ...field("flow_run.work_queue_name", filter.work_queue_name),
    ...wide(state("flow_run", filter.state)),
    ...field("flow_run.flow_version", filter.flow_version),
    ...wide(field("flow_run.start_time", filter.start_time)),
    ...wide(field("flow_run.expected_start_time", filter.expected_start_time)),
    ...field("flow_run.next_scheduled_start_time", filter.next_scheduled_start_time),
    ...field("flow_run.parent_task_run_id", filter.parent_task_run_id),
    ...ofParents(filter.parent_flow_run_id?.any_),
    ...field("flow_run.idempotency_key", filter.idempotency_key),
  ]);
}

function taskRunConditions(filter: TaskRunFilter): Condition {
  return combine(filter, [
    ...idField("task_run.id", filter.id),
    ...field("task_run.name", filter.name),
    ...tags("task_run.tags", filter.tags),
    ...state("task_run", filter.state),
    ...field("task_run.start_time", filter.start_time),
    ...hasSubflow(filter.subflow_runs?.exists_),
    ...field("task_run.flow_run_id", filter.flow_run_id),
  ]);
}

/** Subflows of the runs: those that a task of theirs stands for. */
function ofParents(ids: Maybe<readonly string[]>): Condition[] {
  if (!ids) return [];
  const tasks = "select task_run.id from task_run";
  return [within("flow_run.parent_task_run_id", tasks, inList("task_run.flow_run_id", ids))];
}

function hasSubflow(wanted: Maybe<boolean>): Condition[] {
  if (!IS_SET(wanted)) return [];
  const subflow = "(select 1 from flow_run child where child.parent_task_run_id = task_run.id)";
  return [condition(`${wanted ? "" : "not "}exists ${subflow}`)];
}

/** As clients of 2.10 see it. */
const IS_SCHEDULE_ACTIVE = `(deployment.is_schedule_active = 1
  and (deployment.schedules = '[]' or ${hasActiveSchedule("deployment")}))`;

function deploymentConditions(filter: DeploymentFilter): Condition {
  return combine(filter, [
    ...field("deployment.id", filter.id),
    ...field("deployment.name", filter.name),
    ...field(IS_SCHEDULE_ACTIVE, filter.is_schedule_active),
    ...tags("deployment.tags", filter.tags),
    ...field("deployment.work_queue_name", filter.work_queue_name),
    ...field("(not deployment.is_schedule_active)", filter.paused),
  ]);
}

/** Conditions on `work_pool`. */
export function workPoolConditions(filter: WorkPoolFilter): Condition {
  return combine(filter, [
    ...field("work_pool.id", filter.id),
    ...field("work_pool.name", filter.name),
    ...field("work_pool.type", filter.type),
  ]);
}

/** Conditions on `work_queue`. */
export function workQueueConditions(filter: WorkQueueFilter): Condition {
  return combine(filter, [...field("work_queue.id", filter.id), ...field("work_queue.name", filter.name)]);
}

/** Conditions on `log`. */
export function logConditions(filter: LogFilter): Condition {
  return combine(filter, [
    ...field("log.level", filter.level),
    ...field("log.timestamp", filter.timestamp),
    ...field("log.flow_run_id", filter.flow_run_id),
    ...field("log.task_run_id", filter.task_run_id),
  ]);
}

const FLOW_IDS = "select flow.id from flow";
const DEPLOYMENT_IDS = "select deployment.id from deployment";
const FLOW_RUN_IDS = "select flow_run.id from flow_run";
const QUEUE_IDS = "select work_queue.id from work_queue";

function queues(column: string, { work_pools, work_pool_queues }: Filters): Condition[] {
  const found: Condition[] = [];
  if (work_pools) {
    const pools = within(
      "work_queue.work_pool_id",
      "select work_pool.id from work_pool",
      workPoolConditions(work_pools),
    );
    found.push(within(column, QUEUE_IDS, pools));
  }
  if (work_pool_queues) found.push(within(column, QUEUE_IDS, workQueueConditions(work_pool_queues)));
  return found;
}

/** Runs that meet the run filter and have a task run that meets the task filter. */
function runsWithTasks({ flow_runs, task_runs, deployments }: Filters): Condition {
  const found: Condition[] = [];
  if (flow_runs) found.push(flowRunConditions(flow_runs, deployments ? true : undefined));
  if (task_runs)
    found.push(within("flow_run.id", "select task_run.flow_run_id from task_run", taskRunConditions(task_runs)));
  return all(found);
}

/** Conditions on `flow`. */
export function flowsWhere(filters: Filters): Condition {
  const { flows, deployments, flow_runs, task_runs } = filters;
  const found = flows ? [flowConditions(flows)] : [];
  if (deployments)
    found.push(within("flow.id", "select deployment.flow_id from deployment", deploymentConditions(deployments)));
  if (flow_runs || task_runs)
    found.push(within("flow.id", "select flow_run.flow_id from flow_run", runsWithTasks(filters)));
  return all([...found, ...flowsOfQueues(filters)]);
}

function flowsOfQueues(filters: Filters): Condition[] {
  const found = queues("deployment.work_queue_id", filters);
  return found.length > 0 ? [within("flow.id", "select deployment.flow_id from deployment", all(found))] : [];
}

/** Conditions on `flow_run`. `areFlowsMany`: runs of these flows are found by any other way than their flows. */
export function flowRunsWhere(filters: Filters, { areFlowsMany = false } = {}): Condition {
  const { flows, deployments } = filters;
  const found = [runsWithTasks(filters)].filter((part) => part !== ALWAYS);
  const flowId = areFlowsMany ? unindexed("flow_run.flow_id") : "flow_run.flow_id";
  if (flows) found.push(within(flowId, FLOW_IDS, flowConditions(flows)));
  if (deployments) found.push(within("flow_run.deployment_id", DEPLOYMENT_IDS, deploymentConditions(deployments)));
  return all([...found, ...queues("flow_run.work_queue_id", filters)]);
}

/** Of flows with more runs than these their index leads to so many places that to go by time is quicker. */
const MANY_RUNS = 5_000;

/** Whether the flows that a filter names have many runs. */
export function haveFlowsManyRuns(q: Reader, { flows }: Filters): boolean {
  if (!flows) return false;
  const ofFlows = within("flow_run.flow_id", FLOW_IDS, flowConditions(flows));
  const some = `select 1 from flow_run where ${ofFlows.sql} limit ${MANY_RUNS}`;
  return q.get<{ n: number }>(`select count(*) as n from (${some})`, ...ofFlows.params)?.n === MANY_RUNS;
}

/** Whether all that is asked of runs is the type of their state and when they are expected: one index holds both. */
export function isOfStatesAndTimes({ flow_runs, ...others }: Filters): boolean {
  if (Object.values(others).some((filter) => filter)) return false;
  if (!flow_runs) return true;
  const { operator, expected_start_time: _, state, ...rest } = flow_runs;
  return operator !== "or_" && !state?.name && Object.values(rest).every((filter) => !filter);
}

/** Conditions on `task_run`. */
export function taskRunsWhere({ flows, flow_runs, task_runs, deployments }: Filters): Condition {
  const found = task_runs ? [taskRunConditions(task_runs)] : [];
  const runs: Condition[] = flow_runs ? [flowRunConditions(flow_runs)] : [];
  if (flows) runs.push(within("flow_run.flow_id", FLOW_IDS, flowConditions(flows)));
  if (deployments) runs.push(within("flow_run.deployment_id", DEPLOYMENT_IDS, deploymentConditions(deployments)));
  if (runs.length > 0) found.push(within("task_run.flow_run_id", FLOW_RUN_IDS, all(runs)));
  return all(found);
}

/** Conditions on `deployment`. */
export function deploymentsWhere(filters: Filters): Condition {
  const { flows, deployments, flow_runs, task_runs } = filters;
  const found = deployments ? [deploymentConditions(deployments)] : [];
  if (flows) found.push(within("deployment.flow_id", FLOW_IDS, flowConditions(flows)));
  if (flow_runs || task_runs) {
    found.push(within("deployment.id", "select flow_run.deployment_id from flow_run", runsWithTasks(filters)));
  }
  return all([...found, ...queues("deployment.work_queue_id", filters)]);
}
