import { afterAll, describe, expect, test } from "bun:test";
import { createDeploymentFlowRun } from "#wire/deployments/deployments.ts";
import { countFlowRuns, createFlowRun, type FlowRun, listFlowRuns, resumeFlowRun } from "#wire/runs/flow-runs.ts";
import { listFlowRunStates } from "#wire/runs/states.ts";
import { testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../../factory.ts";
import { flowRun, inSeconds, walk } from "../proposals.ts";

const app = testApp();
afterAll(() => app.close());

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const NOW = "2026-11-23T12:00:00.000000+00:00";

describe("creating a run", () => {
  test("gives it all fields; what is not said has its default", async () => {
    const flow = await makeFlow(app);
    const { status, body } = await app.send("POST", "/flow_runs/", { flow_id: flow.id });
    const run: FlowRun = body;
    expect(status).toBe(201);
    expect(run).toEqual({
      ...{ id: run.id, created: NOW, updated: NOW, name: run.name, flow_id: flow.id, state_id: run.state_id },
      ...{ deployment_id: null, work_queue_name: null, flow_version: null, parameters: {}, idempotency_key: null },
      context: {},
      empirical_policy: {
        ...{ max_retries: 0, retry_delay_seconds: 0, retries: null, retry_delay: null },
        ...{ pause_keys: [], resuming: false },
      },
      ...{ tags: [], parent_task_run_id: null, state_type: "PENDING", state_name: "Pending", run_count: 0 },
      ...{ expected_start_time: NOW, next_scheduled_start_time: null, start_time: null, end_time: null },
      ...{ total_run_time: 0, estimated_run_time: 0, estimated_start_time_delta: 0, auto_scheduled: false },
      ...{ infrastructure_document_id: null, infrastructure_pid: null, created_by: null, work_pool_name: null },
      state: {
        ...{ id: run.state_id ?? "", type: "PENDING", name: "Pending", timestamp: NOW, message: null, data: null },
        state_details: {
          ...{ flow_run_id: run.id, task_run_id: null, child_flow_run_id: null, scheduled_time: null },
          ...{ cache_key: null, cache_expiration: null, untrackable_result: false, pause_timeout: null },
          ...{ pause_reschedule: false, pause_key: null, refresh_cache: null },
        },
      },
    });
    expect(run.name).toMatch(/^[a-z]+-[a-z]+$/);
    expect(await flowRun(app, run.id)).toEqual(run);
  });

  test("keeps what it is given, as it is read again", async () => {
    const flow = await makeFlow(app);
    const given = {
      ...{ name: "mine", flow_id: flow.id, flow_version: "v1", parameters: { a: [1, { b: null }] }, context: { c: 1 } },
      ...{ tags: ["x", "y", "x"], empirical_policy: { retries: 2, retry_delay: 5 }, idempotency_key: "once" },
    };
    const run = await makeFlowRun(app, given);
    expect(run).toMatchObject({ ...given, tags: ["x", "y"] });
    expect(await flowRun(app, run.id)).toEqual(run);
  });

  test("may begin in any state, past all rules, with the books kept", async () => {
    const scheduled_time = inSeconds(app, 60);
    const scheduled = await makeFlowRun(app, { state: { type: "SCHEDULED", state_details: { scheduled_time } } });
    expect(scheduled).toMatchObject({
      ...{ expected_start_time: scheduled_time, next_scheduled_start_time: scheduled_time, run_count: 0 },
    });
    expect(await makeFlowRun(app, { state: { type: "RUNNING" } })).toMatchObject({ run_count: 1, start_time: NOW });
    expect(await makeFlowRun(app, { state: { type: "CANCELLED" } })).toMatchObject({
      start_time: null,
      end_time: null,
    });
  });

  for (const name of [null, ""]) {
    test(`without a name (${JSON.stringify(name)}) is named by the server`, async () => {
      expect((await makeFlowRun(app, { name })).name).toMatch(/^[a-z]+-[a-z]+$/);
    });
  }

  test("of an unknown flow is a conflict, and leaves nothing behind", async () => {
    const before = [await app.count("flow_run"), await app.count("flow_run_state")];
    expect((await app.send("POST", "/flow_runs/", { flow_id: UNKNOWN })).status).toBe(409);
    expect([await app.count("flow_run"), await app.count("flow_run_state")]).toEqual(before);
  });

  test("without a flow says what is missing", async () => {
    const { status, body } = await app.send("POST", "/flow_runs/", {});
    expect(status).toBe(422);
    expect((body as { exception_detail: unknown[] }).exception_detail).toEqual([
      { loc: ["body", "flow_id"], msg: "field required", type: "value_error.missing" },
    ]);
  });

  test("of a deployment names the queue and the pool it waits in, as a read does", async () => {
    const deployment = await makeDeployment(app, { work_queue_name: "fast" });
    const run = await app.call(createDeploymentFlowRun, { params: { id: deployment.id }, body: {} });
    expect(run).toMatchObject({
      work_queue_name: "fast",
      work_pool_name: "default-agent-pool",
      state_type: "SCHEDULED",
    });
    expect(await flowRun(app, run.id)).toEqual(run);
  });
});

describe("an idempotency key", () => {
  test("gives the same run again, unchanged, with 200", async () => {
    const flow = await makeFlow(app);
    const body = { flow_id: flow.id, idempotency_key: "k" };
    const first = await app.send("POST", "/flow_runs/", body);
    const again = await app.send("POST", "/flow_runs/", { ...body, name: "other", state: { type: "RUNNING" } });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
  });

  test("asked for many times at once makes one run", async () => {
    const flow = await makeFlow(app);
    const before = await app.count("flow_run");
    const body = { flow_id: flow.id, idempotency_key: "k" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.send("POST", "/flow_runs/", body)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(19).fill(200), 201]);
    expect((await app.count("flow_run")) - before).toBe(1);
  });

  test("is each flow's own", async () => {
    const ids = [await makeFlow(app), await makeFlow(app)].map(({ id }) => id);
    for (const flow_id of ids) {
      expect((await app.send("POST", "/flow_runs/", { flow_id, idempotency_key: "k" })).status).toBe(201);
    }
  });
});

describe("changing a run", () => {
  const changes: [field: string, value: unknown, kept?: unknown][] = [
    ["name", "renamed"],
    ["flow_version", "v2"],
    ["parameters", { a: 1 }],
    ["tags", ["a"]],
    ["infrastructure_pid", "host:7"],
  ];
  for (const [field, value] of changes) {
    test(`sets ${field}, and nothing else`, async () => {
      const run = await makeFlowRun(app, { name: "before", parameters: { z: 0 }, tags: ["z"] });
      app.clock.advance(1);
      expect(await app.send("PATCH", `/flow_runs/${run.id}`, { [field]: value })).toEqual({
        status: 204,
        body: null as never,
      });
      const now = inSeconds(app, 0);
      const after = await flowRun(app, run.id);
      expect(after).toEqual({ ...run, [field]: value, updated: now, estimated_start_time_delta: 1 });
    });
  }

  test("takes a null for what may be empty", async () => {
    const run = await makeFlowRun(app, { flow_version: "v1" });
    await app.send("PATCH", `/flow_runs/${run.id}`, { flow_version: null });
    expect((await flowRun(app, run.id)).flow_version).toBeNull();
  });

  test("sets retries, as the engine does from its flow", async () => {
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    await app.send("PATCH", `/flow_runs/${run.id}`, { empirical_policy: { retries: 1, retry_delay: 0 } });
    expect(await walk(app, "flow_runs", run.id, ["FAILED"])).toEqual(["REJECT SCHEDULED/AwaitingRetry"]);
  });

  test("refuses what cannot be changed", async () => {
    const run = await makeFlowRun(app);
    expect((await app.send("PATCH", `/flow_runs/${run.id}`, { flow_id: UNKNOWN })).status).toBe(422);
  });
});

test("deleting a run takes its states and task runs along, not its results", async () => {
  const run = await makeFlowRun(app, { state: { type: "RUNNING", data: { kept: true } } });
  const task = await makeTaskRun(app, { flow_run_id: run.id });
  const artifacts = await app.count("artifact");
  expect((await app.send("DELETE", `/flow_runs/${run.id}`)).status).toBe(204);
  expect((await app.send("GET", `/task_runs/${task.id}`)).status).toBe(404);
  expect(await app.call(listFlowRunStates, { query: { flow_run_id: run.id } })).toEqual([]);
  expect(await app.count("artifact")).toBe(artifacts);
});

describe("a run that is not there", () => {
  const calls: [method: string, path: string, body: unknown, answer: object][] = [
    ["GET", "", undefined, { detail: "Flow run not found" }],
    ["PATCH", "", { name: "x" }, { detail: "Flow run not found" }],
    ["DELETE", "", undefined, { detail: "Flow run not found" }],
    ["POST", "/resume", undefined, { exception_message: `Flow run with id ${UNKNOWN} not found` }],
  ];
  for (const [method, path, body, answer] of calls) {
    test(`is said so to ${method} ${path || "it"}`, async () => {
      const got = await app.send(method, `/flow_runs/${UNKNOWN}${path}`, body);
      expect(got).toEqual({ status: 404, body: answer as never });
    });
  }
});

test("a run that is not paused cannot be resumed", async () => {
  const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
  const rows = await app.count("flow_run_state");
  expect(await app.send("POST", `/flow_runs/${run.id}/resume`)).toEqual({
    status: 200,
    body: {
      state: null,
      status: "ABORT",
      details: { type: "abort_details", reason: "Cannot resume a flow run that is not paused." },
    } as never,
  });
  expect(await app.count("flow_run_state")).toBe(rows);
});

test("a paused run is resumed with 201", async () => {
  const run = await makeFlowRun(app, { state: { type: "PAUSED" } });
  expect((await app.send("POST", `/flow_runs/${run.id}/resume`)).status).toBe(201);
  expect((await app.call(resumeFlowRun, { params: { id: run.id }, body: {} })).status).toBe("ABORT");
});

describe("a list of runs", () => {
  /** Runs of a flow of their own, told apart by `name`. */
  async function some(): Promise<{ of: object; runs: FlowRun[] }> {
    const flow = await makeFlow(app);
    const runs: FlowRun[] = [];
    for (const [name, seconds] of [
      ["b", 30],
      ["c", 10],
      ["a", 20],
    ] as const) {
      const state = { type: "SCHEDULED" as const, state_details: { scheduled_time: inSeconds(app, seconds) } };
      runs.push(await app.call(createFlowRun, { body: { flow_id: flow.id, name, state } }));
    }
    return { of: { flows: { id: { any_: [flow.id] } } }, runs };
  }

  const sorts: [sort: string | null, names: string][] = [
    [null, "acb"],
    ["ID_DESC", "acb"],
    ["NAME_ASC", "abc"],
    ["NAME_DESC", "cba"],
    ["EXPECTED_START_TIME_ASC", "cab"],
    ["EXPECTED_START_TIME_DESC", "bac"],
    ["START_TIME_ASC", "cab"],
    ["START_TIME_DESC", "bac"],
    ["NEXT_SCHEDULED_START_TIME_ASC", "cab"],
  ];
  for (const [sort, names] of sorts) {
    test(`sorted by ${sort} is ${names}`, async () => {
      const { of } = await some();
      const { body } = await app.send("POST", "/flow_runs/filter", { ...of, sort });
      expect((body as FlowRun[]).map(({ name }) => name).join("")).toBe(names);
    });
  }

  test("gives each run as a read gives it", async () => {
    const { of, runs } = await some();
    const listed = await app.call(listFlowRuns, { body: of });
    expect(listed.toReversed()).toEqual(runs);
    for (const run of listed) expect(await flowRun(app, run.id)).toEqual(run);
  });

  test("comes in pages, and is counted whole", async () => {
    const { of } = await some();
    const page = (offset: number) => app.call(listFlowRuns, { body: { ...of, sort: "NAME_ASC", limit: 2, offset } });
    expect([...(await page(0)), ...(await page(2))].map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(await app.call(countFlowRuns, { body: of })).toBe(3);
  });

  test("needs no body, and shows no more than 200", async () => {
    expect((await app.send("POST", "/flow_runs/filter")).status).toBe(200);
    expect((await app.send("POST", "/flow_runs/count")).status).toBe(200);
    expect(await app.send("POST", "/flow_runs/filter", { limit: 201 })).toEqual({
      status: 422,
      body: { detail: "Invalid limit: must be less than or equal to 200." } as never,
    });
  });
});
