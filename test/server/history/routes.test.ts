// Histories over the API: bars by interval and state, and dots.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createDeployment } from "#wire/deployments/deployments.ts";
import type { HistoryInterval, SimpleFlowRun } from "#wire/runs/history.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

const DAY = { history_start: "2026-11-23T00:00:00Z", history_end: "2026-11-24T00:00:00Z" };
const scheduled = (at: string) => ({ type: "SCHEDULED" as const, state_details: { scheduled_time: at } });

async function bars(body: object, kind = "flow_runs"): Promise<HistoryInterval[]> {
  const { status, body: answer } = await app.send("POST", `/${kind}/history`, { ...DAY, ...body });
  expect(status).toBe(200);
  return answer;
}

describe("bars", () => {
  test("every interval is there, the empty ones too, with times of the old server's form", async () => {
    const found = await bars({ history_interval_seconds: 6 * 3600 });
    expect(found.map(({ interval_start }) => interval_start.slice(11, 13))).toEqual(["00", "06", "12", "18"]);
    expect(found[3]).toEqual({
      interval_start: "2026-11-23T18:00:00.000000+00:00",
      interval_end: "2026-11-24T00:00:00.000000+00:00",
      states: [],
    });
  });

  test("runs are counted where they were expected: the start belongs to an interval, its end to the next", async () => {
    const flow_id = (await makeFlow(app)).id;
    for (const at of ["2026-11-23T12:00:00Z", "2026-11-23T17:59:59.999999Z", "2026-11-23T18:00:00Z"]) {
      await makeFlowRun(app, { flow_id, state: scheduled(at) });
    }
    await makeFlowRun(app, { flow_id, state: { type: "COMPLETED", name: "Cached" } });
    const [, , noon, evening] = await bars({ history_interval_seconds: "PT6H" });
    expect(noon?.states.map(({ state_name, count_runs }) => [state_name, count_runs])).toEqual([
      ["Cached", 1],
      ["Scheduled", 2],
    ]);
    expect(evening?.states).toMatchObject([{ state_type: "SCHEDULED", count_runs: 1 }]);
  });

  test("run times and lateness are summed; what has not started is late by now, what has ended is not", async () => {
    const flow_id = (await makeFlow(app)).id;
    const runs = [
      await makeFlowRun(app, { flow_id, state: scheduled("2026-11-23T12:00:00Z") }),
      await makeFlowRun(app, { flow_id, state: scheduled("2026-11-23T12:00:00Z") }),
    ];
    app.clock.advance(30);
    const [first] = runs;
    const running = { state: { type: "RUNNING" }, force: true };
    await app.send("POST", `/flow_runs/${first?.id}/set_state`, running);
    app.clock.advance(10);
    const { states } = (await bars({ history_interval_seconds: 86_400 }))[0] ?? { states: [] };
    expect(states).toEqual([
      {
        ...{ state_type: "RUNNING", state_name: "Running", count_runs: 1 },
        ...{ sum_estimated_run_time: 10, sum_estimated_lateness: 30 },
      },
      {
        ...{ state_type: "SCHEDULED", state_name: "Scheduled", count_runs: 1 },
        ...{ sum_estimated_run_time: 0, sum_estimated_lateness: 40 },
      },
    ]);
  });

  test("a run expected in the future is late by nothing", async () => {
    await makeFlowRun(app, { state: scheduled("2026-11-23T20:00:00Z") });
    const [bar] = await bars({ history_interval_seconds: 86_400 });
    expect(bar?.states[0]?.sum_estimated_lateness).toBe(0);
  });

  test("filters keep the runs that match, queues under the name this route has for them", async () => {
    const deployment = await makeDeployment(app, { work_queue_name: "night" });
    const run = { deployment_id: deployment.id, flow_id: deployment.flow_id };
    await app.send("POST", `/deployments/${deployment.id}/create_flow_run`, {});
    await makeFlowRun(app, { ...run, tags: ["tagged"] });
    const counted = async (filters: object) =>
      (await bars({ history_interval_seconds: 86_400, ...filters })).flatMap(({ states }) => states).length;
    expect(await counted({ flow_runs: { tags: { all_: ["tagged"] } } })).toBe(1);
    expect(await counted({ work_queues: { name: { any_: ["night"] } } })).toBe(1);
    expect(await counted({ work_queues: { name: { any_: ["day"] } } })).toBe(0);
    expect(await counted({ deployments: { name: { any_: [deployment.name] } } })).toBe(2);
    await app.call(createDeployment, { body: { name: "other", flow_id: deployment.flow_id } });
    expect(await counted({ deployments: { name: { any_: ["other"] } } })).toBe(0);
  });

  test("task runs have a history of their own", async () => {
    const flow_run_id = (await makeFlowRun(app, { state: { type: "RUNNING" } })).id;
    await makeTaskRun(app, { flow_run_id, state: { type: "COMPLETED" } });
    await makeTaskRun(app, { flow_run_id, state: { type: "FAILED" } });
    const [bar] = await bars({ history_interval_seconds: 86_400 }, "task_runs");
    expect(bar?.states.map(({ state_type }) => state_type)).toEqual(["COMPLETED", "FAILED"]);
  });

  test("500 intervals at most, and one at least", async () => {
    expect(await bars({ history_interval_seconds: 1 })).toHaveLength(500);
    expect(await bars({ history_interval_seconds: 1, history_end: "2026-11-22T00:00:00Z" })).toHaveLength(1);
  });

  const refused: [what: string, body: object, part: string][] = [
    ["an interval below a second", { ...DAY, history_interval_seconds: 0.5 }, "less than 1 second"],
    ["no interval", DAY, "field required"],
    ["a start that is no time", { ...DAY, history_start: "soon", history_interval_seconds: 60 }, "Unable to parse"],
  ];
  for (const kind of ["flow_runs", "task_runs"]) {
    for (const [what, body, part] of refused) {
      test(`${what} is 422 for ${kind}`, async () => {
        const answer = await app.send("POST", `/${kind}/history`, body);
        expect(answer.status).toBe(422);
        expect(JSON.stringify(answer.body)).toContain(part);
      });
    }
  }
});

describe("dots", () => {
  const dots = async (body?: object): Promise<SimpleFlowRun[]> =>
    (await app.send("POST", "/ui/flow_runs/history", body)).body;

  test("each run with its time, duration and lateness, the latest first", async () => {
    const done = await makeFlowRun(app, { state: { type: "COMPLETED" } });
    const late = await makeFlowRun(app, { state: scheduled("2026-11-23T13:00:00Z") });
    app.clock.advance(3660);
    expect(await dots()).toEqual([
      {
        id: late.id,
        state_type: "SCHEDULED",
        timestamp: "2026-11-23T13:00:00.000000+00:00",
        duration: 0,
        lateness: 60,
      },
      { id: done.id, state_type: "COMPLETED", timestamp: "2026-11-23T12:00:00.000000+00:00", duration: 0, lateness: 0 },
    ]);
  });

  test("filtered, sorted and in pages", async () => {
    for (const name of ["b", "a", "c"]) await makeFlowRun(app, { name });
    const byName = await dots({ sort: "NAME_ASC", limit: 2, offset: 1 });
    const all = (await app.send("POST", "/flow_runs/filter", { sort: "NAME_ASC" })).body as { id: string }[];
    expect(byName.map(({ id }) => id)).toEqual(all.slice(1).map(({ id }) => id));
    expect(await dots({ flow_runs: { name: { any_: ["a"] } } })).toHaveLength(1);
  });

  test("more than 1000 are refused", async () => {
    expect((await app.send("POST", "/ui/flow_runs/history", { limit: 1001 })).status).toBe(422);
    expect((await app.send("POST", "/ui/flow_runs/history", { limit: 1000 })).status).toBe(200);
  });
});

test("bars of some runs are those of all where the filter lets all through, to the microsecond and beyond the end", async () => {
  const flow_id = (await makeFlow(app)).id;
  const times = ["00:00:00Z", "06:59:59.999999Z", "07:00:00Z", "13:59:59.999400Z", "14:00:00.000001Z", "23:30:00Z"];
  for (const at of times) await makeFlowRun(app, { flow_id, state: scheduled(`2026-11-23T${at}`) });
  // Four intervals of seven hours: the last ends on the next day.
  const interval = { history_interval_seconds: 7 * 3600 };
  const all = await bars(interval);
  expect(all.map(({ states }) => states[0]?.count_runs)).toEqual([2, 2, 1, 1]);
  expect(await bars({ ...interval, flows: { id: { any_: [flow_id] } } })).toEqual(all);
  expect(await bars({ ...interval, flow_runs: { tags: { all_: ["none"] } } })).toEqual(
    all.map((bar) => ({ ...bar, states: [] })),
  );
});
