// The plans of the hot queries. A list that sorts all rows, or a look-up that scans, is fine with a hundred runs and
// hopeless with a million: so each names the index it must use.
import { afterAll, describe, expect, test } from "bun:test";
import type { Reader, SqlValue } from "#db/connect.ts";
import { newId } from "#lib/ids.ts";
import { listDeployments, readDeploymentByName } from "#server/deployments/store.ts";
import { readFlowRunForTransition } from "#server/flow-runs/record.ts";
import { findByIdempotencyKey, lateRuns, listFlowRuns, readFlowRun } from "#server/flow-runs/store.ts";
import { listFlows } from "#server/flows/store.ts";
import { readHistory } from "#server/history/store.ts";
import { type Filters, flowRunsWhere, taskRunsWhere } from "#server/kernel/filters.ts";
import { listLogs, readLogPage } from "#server/logs/store.ts";
import { listStates } from "#server/states/store.ts";
import { listTaskRuns } from "#server/task-runs/store.ts";
import { dueRunsOfQueue, nextDue } from "#server/work-queues/due-runs.ts";
import { readQueue } from "#server/work-queues/store.ts";
import type { FlowRunFilter } from "#wire/filters.ts";
import { FLOW_RUN_SORTS } from "#wire/runs/flow-runs.ts";
import { testApp } from "../app.ts";
import { makeDeployment } from "../factory.ts";

const app = testApp({ services: false });
afterAll(() => app.close());

const ID = newId();
const NOW = "2026-11-23T12:00:00.000000+00:00";
const PAGE = { limit: 200, offset: 0 };
const OF_RUN = { operator: "and_", flow_run_id: { any_: [ID] } } as never; // as the wire parses it

/** What SQLite says about every statement that `work` runs. */
function planOf(work: (q: Reader) => unknown): Promise<string[]> {
  return app.db.read((q) => {
    const steps: string[] = [];
    function explained(sql: string, params: SqlValue[]): string {
      steps.push(...q.all<{ detail: string }>(`explain query plan ${sql}`, ...params).map(({ detail }) => detail));
      return sql;
    }
    work({
      all: (sql, ...params) => q.all(explained(sql, params), ...params),
      get: (sql, ...params) => q.get(explained(sql, params), ...params),
      each: (sql, ...params) => q.all(explained(sql, params), ...params),
    });
    return steps;
  });
}

async function expectIndex(work: (q: Reader) => unknown, index: string): Promise<void> {
  const all = await planOf(work);
  // A page is found first, and joined and sorted then: so many rows and no more.
  const steps = all.includes("SCAN page") ? all.slice(0, all.indexOf("SCAN page")) : all;
  expect(steps.join("\n")).toContain(index);
  // Only rows of the same time may be sorted.
  expect(steps.filter((step) => step.includes("TEMP B-TREE") && !step.includes("LAST TERM"))).toEqual([]);
  // A scan is fine along an index, in its order; not over a table.
  expect(steps.filter((step) => step.startsWith("SCAN") && !step.includes("USING"))).toEqual([]);
}

describe("lists of flow runs follow an index in every order", () => {
  const indexes: Record<(typeof FLOW_RUN_SORTS)[number], string> = {
    ID_DESC: "sqlite_autoindex_flow_run_1",
    START_TIME_ASC: "flow_run_start",
    START_TIME_DESC: "flow_run_start",
    EXPECTED_START_TIME_ASC: "flow_run_expected",
    EXPECTED_START_TIME_DESC: "flow_run_expected",
    NAME_ASC: "flow_run_name",
    NAME_DESC: "flow_run_name",
    NEXT_SCHEDULED_START_TIME_ASC: "flow_run_due",
    END_TIME_DESC: "flow_run_end",
  };
  for (const sort of FLOW_RUN_SORTS) {
    test(`${sort} by ${indexes[sort]}`, () =>
      expectIndex((q) => listFlowRuns(q, flowRunsWhere({}), sort, PAGE, 0), indexes[sort]));
  }
});

describe("filters of flow runs", () => {
  const filter = (flow_runs: unknown): Filters => ({ flow_runs: flow_runs as FlowRunFilter }); // as the wire parses it
  const cases: [title: string, filters: Filters, sort: (typeof FLOW_RUN_SORTS)[number], index: string][] = [
    ["by id", filter({ id: { any_: [ID] } }), "ID_DESC", "sqlite_autoindex_flow_run_1"],
    [
      "by state, latest first",
      filter({ state: { type: { any_: ["RUNNING"] } } }),
      "EXPECTED_START_TIME_DESC",
      "flow_run_state_time (state_type=?)",
    ],
    [
      "by time, latest first",
      filter({ expected_start_time: { after_: NOW } }),
      "EXPECTED_START_TIME_DESC",
      "flow_run_expected (expected_start_time>?)",
    ],
  ];
  for (const [title, filters, sort, index] of cases) {
    test(title, () => expectIndex((q) => listFlowRuns(q, flowRunsWhere(filters), sort, PAGE, 0), index));
  }

  for (const [title, filters, index] of [
    ["of a deployment", filter({ deployment_id: { any_: [ID] } }), "flow_run_deployment (deployment_id=?"],
    ["of a parent", filter({ parent_task_run_id: { any_: [ID] } }), "flow_run_parent (parent_task_run_id=?)"],
  ] as const) {
    test(`${title} are found by their index`, async () => {
      const steps = await planOf((q) => listFlowRuns(q, flowRunsWhere(filters), "NAME_ASC", PAGE, 0));
      expect(steps.join("\n")).toContain(index);
    });
  }
});

test("runs of a deployment by state and time are found by the deployment, however few deployments there are", async () => {
  const wide = { state: { type: { any_: ["COMPLETED"] } }, expected_start_time: { after_: NOW } };
  for (const filters of [
    { flow_runs: { ...wide, deployment_id: { any_: [ID] } } },
    { flow_runs: wide, deployments: { name: { any_: ["hello"] } } },
  ]) {
    const where = flowRunsWhere(filters as Filters); // as the wire parses it
    const steps = await planOf((q) => listFlowRuns(q, where, "EXPECTED_START_TIME_DESC", PAGE, 0));
    expect(steps.join("\n")).toContain("flow_run_deployment (deployment_id=? AND state_type=?)");
  }
});

test("a page of some runs is sorted before its runs are joined to their states", async () => {
  const where = flowRunsWhere({ flow_runs: { state: { type: { any_: ["FAILED"] } } } } as Filters); // as the wire parses it
  const steps = await planOf((q) => listFlowRuns(q, where, "NAME_ASC", PAGE, 0));
  const sorted = steps.findIndex((step) => step.includes("TEMP B-TREE FOR ORDER BY"));
  expect(sorted).toBeGreaterThanOrEqual(0);
  expect(sorted).toBeLessThan(steps.findIndex((step) => step.startsWith("SEARCH s ")));
});

test("a history of some runs looks for them once, and reads no more than its range", async () => {
  const range = { start: 0, end: 86_400_000, interval: 3_600_000 };
  const tagged = flowRunsWhere({ flow_runs: { tags: { all_: ["a"] } } } as Filters); // as the wire parses it
  const steps = await planOf((q) => readHistory(q, "flow_run", range, tagged, NOW));
  const ofRuns = steps.filter((step) => step.includes(" flow_run "));
  expect(ofRuns).toEqual([
    expect.stringContaining("flow_run_expected (expected_start_time>? AND expected_start_time<?)"),
  ]);
});

describe("look-ups", () => {
  const cases: [title: string, work: (q: Reader) => unknown, index: string][] = [
    ["a run", (q) => readFlowRun(q, ID, 0), "flow_run_1 (id=?)"],
    ["a run for a transition", (q) => readFlowRunForTransition(q, ID), "flow_run_1 (id=?)"],
    ["a run by its key", (q) => findByIdempotencyKey(q, ID, "k"), "(flow_id=? AND idempotency_key=?)"],
    ["the states of a run", (q) => listStates(q, "flow_run", ID), "(flow_run_id=?)"],
    ["late runs", (q) => lateRuns(q, NOW, 100), "(next_scheduled_start_time"],
    ["a deployment by its names", (q) => readDeploymentByName(q, "f", "d"), "deployment_2 (flow_id=? AND name=?)"],
    ["logs of a run, in time", (q) => listLogs(q, OF_RUN, "asc", PAGE), "log_flow_run (flow_run_id=?)"],
    [
      "T28: the next logs of a run, in time",
      (q) => readLogPage(q, { filter: OF_RUN, direction: "asc", limit: 10, after: `${NOW}/7` }),
      "log_flow_run (flow_run_id=? AND timestamp>?)",
    ],
    [
      "T28: the next logs of a run, newest first",
      (q) => readLogPage(q, { filter: OF_RUN, direction: "desc", limit: 10, after: `${NOW}/7` }),
      "log_flow_run (flow_run_id=? AND timestamp<?)",
    ],
    ["flows by name", (q) => listFlows(q, {}, "NAME_ASC", PAGE), "flow_2"],
    ["flows by age", (q) => listFlows(q, {}, "CREATED_DESC", PAGE), "flow_created"],
    ["deployments by name", (q) => listDeployments(q, {}, "NAME_ASC", PAGE), "deployment_name"],
    ["deployments by change", (q) => listDeployments(q, {}, "UPDATED_DESC", PAGE), "deployment_updated"],
    ["task runs, newest first", (q) => listTaskRuns(q, taskRunsWhere({}), "ID_DESC", PAGE, 0), "task_run_1"],
  ];
  for (const [title, work, index] of cases) {
    test(`${title}: ${index}`, () => expectIndex(work, index));
  }
});

test("work of a queue is found in the order it is due, without looking at other runs", async () => {
  await makeDeployment(app, { work_queue_name: "test" });
  const id = await app.db.read((q) => q.get<{ id: string }>("select id from work_queue where name = 'test'"));
  const queue = await app.db.read((q) => readQueue(q, id?.id ?? ""));
  if (!queue) throw new Error("no queue");
  const bounds = { before: NOW, after: null, limit: 10 };
  await expectIndex((q) => dueRunsOfQueue(q, queue, bounds), "flow_run_queue_due (work_queue_id=?");
  await expectIndex((q) => nextDue(q, [queue], NOW), "flow_run_queue_due (work_queue_id=?");
  const limited = { ...queue, concurrency_limit: 3 };
  await expectIndex((q) => dueRunsOfQueue(q, limited, bounds), "flow_run_queue_slots (work_queue_id=?");
});
