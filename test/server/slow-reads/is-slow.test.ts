// The rule by which a read is long: it may look at many more rows than it answers with.
import { expect, test } from "bun:test";
import type { Filters } from "#server/kernel/filters.ts";
import { isSlow } from "#server/slow-reads/is-slow.ts";

const page = { limit: 200, offset: 0 };
const run = (filters: object, offset = 0) =>
  isSlow("flowRuns", { filters: filters as Filters, sort: "ID_DESC", page: { limit: 200, offset }, now: 0 }); // as the wire parses it
const count = (filters: object) => isSlow("countFlowRuns", { filters: filters as Filters }); // as above
const ids = { any_: ["a"] };

const LISTS: [what: string, filters: object, isLong: boolean][] = [
  ["the newest", {}, false],
  ["no filter, said with null", { flow_runs: null, flows: null }, false],
  ["some by their ids", { flow_runs: { id: ids } }, false],
  ["those of a deployment", { flow_runs: { deployment_id: ids, state: { type: ids } } }, false],
  ["those of a deployment's name", { deployments: { name: ids }, flow_runs: { tags: { all_: ["a"] } } }, false],
  ["subflows", { flow_runs: { parent_task_run_id: ids } }, false],
  [
    "those of a deployment or of a state",
    { flow_runs: { operator: "or_", deployment_id: ids, state: { type: ids } } },
    true,
  ],
  ["all but those of a deployment", { flow_runs: { deployment_id: { is_null_: true } } }, true],
  ["of a state", { flow_runs: { state: { type: ids } } }, true],
  ["with a tag", { flow_runs: { tags: { all_: ["a"] } } }, true],
  ["of a flow", { flows: { name: ids } }, true],
  ["of deployments by their tags", { deployments: { tags: { all_: ["a"] } } }, true],
  ["of a pool", { work_pools: { name: ids } }, true],
];
for (const [what, filters, expected] of LISTS) {
  test(`runs: ${what}: ${expected ? "long" : "short"}`, () => expect(run(filters)).toBe(expected));
}

const inOrder = (filters: object, sort: "EXPECTED_START_TIME_DESC" | "START_TIME_DESC" = "EXPECTED_START_TIME_DESC") =>
  !isSlow("flowRuns", { filters: filters as Filters, sort, page, now: 0 }); // as above

test("a page that comes off an index in its order is short: of one state, of a time, of both", () => {
  const [state, expected_start_time] = [{ type: ids }, { after_: "2026" }];
  expect(inOrder({ flow_runs: { state } })).toBe(true);
  expect(inOrder({ flow_runs: { expected_start_time } })).toBe(true);
  expect(inOrder({ flow_runs: { state, expected_start_time, tags: null } })).toBe(true);
  expect(inOrder({ flow_runs: { state } }, "START_TIME_DESC")).toBe(false);
  expect(inOrder({ flow_runs: { state: { type: { any_: ["a", "b"] } } } })).toBe(false);
  expect(inOrder({ flow_runs: { state: { ...state, name: ids } } })).toBe(false);
  expect(inOrder({ flow_runs: { operator: "or_", state, expected_start_time } })).toBe(false);
  expect(inOrder({ flow_runs: { state, tags: { all_: ["a"] } } })).toBe(false);
  expect(inOrder({ flow_runs: { state }, flows: { name: ids } })).toBe(false);
});

test("of a page of runs the rows alone are short when they come in order, and never the counts", () => {
  const week = { flow_runs: { expected_start_time: { after_: "2026" } } };
  const isShort = (parts: readonly ("counts" | "rows")[], filters: object) => {
    const of = { filters: filters as Filters, sort: "EXPECTED_START_TIME_DESC" as const, page, now: 0 }; // as above
    return !isSlow("flowRunPage", { ...of, parts, dots: 0 });
  };
  expect(isShort(["rows"], week)).toBe(true);
  expect(isShort(["rows"], { ...week, flows: { name: ids } })).toBe(false);
  expect(isShort(["counts", "rows"], week)).toBe(false);
});

test("a page far from the first is long, whatever it is of", () => {
  expect(run({}, 1_000)).toBe(false);
  expect(run({}, 1_001)).toBe(true);
});

test("counting is long unless few are counted", () => {
  expect(count({})).toBe(true);
  expect(count({ flow_runs: { state: { type: ids } } })).toBe(true);
  expect(count({ deployments: { id: ids } })).toBe(false);
});

test("task runs are few when their flow runs are named", () => {
  const of = (filters: object) => isSlow("countTaskRuns", { filters: filters as Filters }); // as above
  expect(of({ flow_runs: { id: ids } })).toBe(false);
  expect(of({ task_runs: { id: ids } })).toBe(false);
  expect(of({ deployments: { id: ids } })).toBe(true);
  expect(of({})).toBe(true);
});

test("flows and deployments are few, unless they are chosen by their runs", () => {
  for (const name of ["countFlows", "countDeployments"] as const) {
    expect(isSlow(name, { filters: {} })).toBe(false);
    expect(isSlow(name, { filters: { flow_runs: {} } as Filters })).toBe(true); // as above
  }
});

test("log lines of runs are short to read, a search over all is long", () => {
  const logs = (filter: object | null) => isSlow("logs", { filter: filter as never, direction: "asc", page }); // as above
  expect(logs({ flow_run_id: ids, level: { ge_: 20 } })).toBe(false);
  expect(logs({ task_run_id: ids })).toBe(false);
  expect(logs({ level: { ge_: 40 } })).toBe(true);
  expect(logs(null)).toBe(true);
});

test("artifacts are short to read when they, their key or their runs are named", () => {
  const of = (artifacts: object | null) => isSlow("countArtifacts", { filters: { artifacts } as never }); // as above
  for (const field of ["id", "key", "flow_run_id", "task_run_id"]) expect(of({ [field]: ids })).toBe(false);
  expect(of({ type: ids })).toBe(true);
  expect(of(null)).toBe(true);
});

test("histories are long, but for those of a deployment", () => {
  const range = { start: 0, end: 1, interval: 1 };
  const history = (filters: object) => isSlow("flowRunHistory", { filters: filters as Filters, range, now: "" }); // as above
  expect(history({})).toBe(true);
  expect(history({ deployments: { id: ids } })).toBe(false);
});

test("what goes through logs, task runs or names is long; a page of runs is, but for those of a deployment", () => {
  const scope = { flow_run_id: "a", task_run_id: null };
  const meant = { ...scope, level: null, text: null, loggers: null };
  expect(isSlow("logWindow", { meant, offset: 0, fromEnd: true, limit: 1 })).toBe(true);
  expect(isSlow("logSlice", { meant, after: null })).toBe(false);
  expect(isSlow("logSlice", { meant: { ...meant, text: "x" }, after: null })).toBe(true);
  expect(isSlow("timeline", { flowRunId: "a", limit: 1, since: null, now: "" })).toBe(true);
  expect(isSlow("names", { text: "a", limit: 1 })).toBe(true);
  const runs = (filters: object) =>
    isSlow("flowRunPage", { filters: filters as Filters, parts: ["rows"], sort: "ID_DESC", page, dots: 1, now: 0 }); // as above
  expect(runs({})).toBe(true);
  expect(runs({ deployments: { id: ids } })).toBe(false);
});
