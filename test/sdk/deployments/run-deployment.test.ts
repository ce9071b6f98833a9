// Runs of deployments asked for by user code, with the real server's rules and a clock that does not wait.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { runFlowHere } from "#engine/direct.ts";
import { runDeploymentFor } from "#sdk/deployments/run-deployment.ts";
import { flow, runDeployment as plain, task } from "#sdk/index.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import { type FlowRun, listFlowRuns, readFlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";
import { listTaskRuns, readTaskRun } from "#wire/runs/task-runs.ts";
import { type LapseClock, lapseClock } from "../../engine/lapse-clock.ts";
import { SETTINGS } from "../../engine/settings.ts";
import { makeDeployment, makeFlow } from "../../factory.ts";
import { type AppHost, appHost } from "../app-host.ts";

let clock: LapseClock;
let on: AppHost;
let deployment: Deployment;
let run: ReturnType<typeof runDeploymentFor>;
beforeEach(async () => {
  clock = lapseClock();
  on = appHost({}, clock);
  run = runDeploymentFor(on.host);
  const { id: flow_id } = await makeFlow(on.app, "say-hi");
  const parameter_openapi_schema = { type: "object", properties: { name: {}, num: {} } };
  deployment = await makeDeployment(on.app, {
    ...{ flow_id, name: "marvin", parameters: { name: "Marvin", num: 1 }, tags: ["own"], version: "7" },
    parameter_openapi_schema,
  });
});
afterEach(() => on.close());

const stored = (id: string) => on.app.call(readFlowRun, { params: { id } });
const finish = (id: string, type: "COMPLETED" | "FAILED" = "COMPLETED") =>
  on.app.call(setFlowRunState, { params: { id }, body: { state: { type, message: "done" }, force: true } });
const runs = (): Promise<FlowRun[]> => on.app.call(listFlowRuns, { body: {} });

/** Ends each run of the deployment as soon as somebody looks at it. */
function agentThatEnds(type: "COMPLETED" | "FAILED" = "COMPLETED") {
  const { call } = on.api.client;
  let looks = 0;
  const client = {
    ...on.api.client,
    call: async (endpoint: { path: string }, input: { params?: { id?: string } }, options?: object) => {
      if (endpoint.path === "/flow_runs/{id}" && input.params?.id && ++looks === 3) await finish(input.params.id, type);
      return call(endpoint as never, input as never, options);
    },
  };
  return { ...on.api, client: client as unknown as typeof on.api.client };
}

describe("the run", () => {
  test("without waiting: the deployment's own parameters and tags, scheduled for now", async () => {
    const made = await run("say-hi/marvin", { timeout: 0 });
    expect(made).toMatchObject({
      ...{ deploymentId: deployment.id, flowId: deployment.flow_id, parentTaskRunId: null, startTime: null },
      ...{ parameters: { name: "Marvin", num: 1 }, tags: ["own"], totalRunTime: 0 },
    });
    expect([made.state.type, made.name]).toEqual(["SCHEDULED", (await stored(made.id)).name]);
    expect(made.expectedStartTime?.getTime()).toBe(clock.now());
  });

  test("all that is told", async () => {
    const { id } = await run("say-hi/marvin", {
      ...{ timeout: 0, flowRunName: "mine", tags: ["more"], idempotencyKey: "k" },
      ...{ parameters: { name: "Ada" }, scheduledTime: new Date("2026-12-01T08:00:00Z") },
    });
    expect(await stored(id)).toMatchObject({
      ...{ name: "mine", parameters: { name: "Ada", num: 1 }, idempotency_key: "k" },
      ...{ expected_start_time: "2026-12-01T08:00:00.000000+00:00", state_type: "SCHEDULED" },
    });
    expect((await stored(id)).tags.toSorted()).toEqual(["more", "own"]);
    expect((await run("say-hi/marvin", { timeout: 0, idempotencyKey: "k" })).id).toBe(id);
  });

  test("by the deployment's id", async () => {
    expect((await run(deployment.id, { timeout: 0 })).deploymentId).toBe(deployment.id);
  });

  const refused: [what: string, name: string, options: object, words: string][] = [
    ["an unknown deployment", "say-hi/none", {}, "There is no deployment 'say-hi/none'. 'orch deployment ls' lists"],
    ["an unknown id", "00000000-0000-0000-0000-000000000000", {}, "There is no deployment '0000"],
    ["no name", "marvin", {}, "'marvin' names no deployment: give it as '<flow-name>/<deployment-name>'."],
    ["three names", "a/b/c", {}, "'a/b/c' names no deployment"],
    ["an unknown parameter", "say-hi/marvin", { parameters: { nam: 1 } }, "not found on the deployment: 'nam'"],
    ["no moment", "say-hi/marvin", { scheduledTime: "soon" }, "'scheduledTime' is no moment: soon"],
    ["no date", "say-hi/marvin", { scheduledTime: new Date("x") }, "'scheduledTime' is no moment"],
    [
      "what has no JSON",
      "say-hi/marvin",
      { parameters: { num: Number.NaN } },
      "Parameter 'num' cannot be sent: it is NaN",
    ],
  ];
  for (const [what, name, options, words] of refused) {
    test(`${what} is refused, and there is no run`, async () => {
      await expect(run(name, { timeout: 0, ...options })).rejects.toThrow(words);
      expect(await runs()).toEqual([]);
    });
  }

  test("outside of everything a sentence says so", async () => {
    await expect(plain("say-hi/marvin")).rejects.toThrow("runDeployment() was called where no API is known");
  });
});

describe("waiting", () => {
  test("ends with the run, whatever its state", async () => {
    for (const type of ["COMPLETED", "FAILED"] as const) {
      const waiting = runDeploymentFor({ api: async () => agentThatEnds(type) });
      const { state } = await waiting("say-hi/marvin");
      expect([state.type, state.message]).toEqual([type, "done"]);
    }
  });

  test("ends when time is up, and gives the run as it is then", async () => {
    const before = clock.now();
    const { state } = await run("say-hi/marvin", { timeout: 12 });
    expect([state.type, clock.now() - before]).toEqual(["SCHEDULED", 12_000]);
  });

  const intervals: [what: string, options: object, pauses: number[]][] = [
    ["often at first, then every 5 s", { timeout: 20 }, [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 3.65]],
    ["as told", { timeout: 7, pollInterval: 3 }, [3, 3, 1]],
  ];
  for (const [what, options, pauses] of intervals) {
    test(`looks ${what}`, async () => {
      const slept: number[] = [];
      const sleep = (millis: number, signal?: AbortSignal) => {
        slept.push(Math.round(millis) / 1000);
        return clock.sleep(millis, signal);
      };
      const api = { ...on.api, clock: { ...clock, sleep } };
      await runDeploymentFor({ api: async () => api })("say-hi/marvin", options);
      expect(slept).toEqual(pauses);
    });
  }
});

describe("in a flow", () => {
  const inFlow = (fn: () => Promise<unknown>, api = agentThatEnds()) =>
    runFlowHere(
      { client: api.client, clock, settings: SETTINGS, output: () => {} },
      flow(fn, { name: "parent", retries: 1 }),
      [],
    );
  const two = task(async function two() {
    return 2;
  });

  test("the run is a subflow: a task run stands for it, with where its parameters came from", async () => {
    const state = await inFlow(async () => {
      const num = two.submit();
      const made = await plain("say-hi/marvin", { parameters: { num } });
      return [made.state.type, made.parentTaskRunId, made.id, await num.taskRunId];
    });
    const [type, parentTaskRunId, id, source] = state.result() as string[];
    expect(type).toBe("COMPLETED");
    const standIn = await on.app.call(readTaskRun, { params: { id: parentTaskRunId ?? "" } });
    expect(standIn).toMatchObject({
      ...{ name: "say-hi/marvin-0", task_key: "prefect.deployments.run_deployment.say-hi-marvin", dynamic_key: "0" },
      ...{ flow_run_id: state.flowRunId, task_version: "7", state_type: "COMPLETED" },
      task_inputs: { num: [{ input_type: "task_run", id: source }] },
    });
    expect(await stored(id ?? "")).toMatchObject({ parameters: { name: "Marvin", num: 2 } });
  });

  test("each call has its own; a second attempt takes their places and makes new runs", async () => {
    let attempts = 0;
    await inFlow(async () => {
      await plain("say-hi/marvin", { timeout: 0 });
      await plain("say-hi/marvin", { timeout: 0 });
      if (++attempts === 1) throw new Error("once more");
      return 1;
    });
    const standIns = await on.app.call(listTaskRuns, { body: {} });
    expect(standIns.map(({ name }) => name).toSorted()).toEqual(["say-hi/marvin-0", "say-hi/marvin-1"]);
    const made = (await runs()).filter(({ deployment_id }) => deployment_id === deployment.id);
    expect(made).toHaveLength(4);
    expect(new Set(made.map(({ idempotency_key }) => idempotency_key)).size).toBe(4);
  });

  test("a key of one's own is kept", async () => {
    await inFlow(() => plain("say-hi/marvin", { timeout: 0, idempotencyKey: "mine" }));
    expect((await runs()).map(({ idempotency_key }) => idempotency_key)).toContain("mine");
  });

  test("a deployment that is not there fails the flow with its sentence", async () => {
    const state = await inFlow(() => plain("say-hi/none"));
    expect(state.isFailed()).toBe(true);
    expect(state.message).toContain("There is no deployment 'say-hi/none'.");
  });
});
