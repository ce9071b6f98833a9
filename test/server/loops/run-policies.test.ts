// Overlap and catch-up policies: what the claim answers, what agents are offered, and what the loop does at the due time.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createRunPolicies, type RunPolicies } from "#server/loops/run-policies.ts";
import { createScheduler } from "#server/loops/scheduler.ts";
import { updateDeployment } from "#wire/deployments/deployments.ts";
import { ATTEMPT_HEADER } from "#wire/runs/attempts.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { HEARTBEAT_HEADER } from "#wire/runs/heartbeats.ts";
import { type CatchupInput, type Overlap, readRunPolicies } from "#wire/runs/run-policies.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeTaskRun } from "../../factory.ts";

const MINUTELY = { interval: 60, anchor_date: "2026-11-23T00:00:00+00:00", timezone: "UTC" };
const UNKNOWN = "0f9b1c52-8a3e-4c53-9d55-2f5f0f6cf0a1";

let app: TestApp;
let policies: RunPolicies;
beforeEach(() => {
  app = testApp({ services: false });
  policies = createRunPolicies(app.app.context);
});
afterEach(() => app.close());

type Policy = { overlap?: Overlap; catchup?: CatchupInput };

/** Runs every minute, or when it is asked to. */
function deployed(run_policy: Policy, schedule: typeof MINUTELY | null = null) {
  return makeDeployment(app, { run_policy, schedule, work_queue_name: "q" });
}

async function runOf(deployment: { id: string }, name: string): Promise<FlowRun> {
  return (await app.send("POST", `/deployments/${deployment.id}/create_flow_run`, { name })).body;
}

async function read({ id }: { id: string }): Promise<FlowRun> {
  return (await app.send("GET", `/flow_runs/${id}`)).body;
}

/** The status of the verdict, and its reason. */
async function propose({ id }: { id: string }, type: string): Promise<{ status: string; reason: string | undefined }> {
  const answer = await app.send("POST", `/flow_runs/${id}/set_state`, { state: { type } });
  const { status, details } = answer.body as { status: string; details: { reason?: string } };
  return { status, reason: details.reason };
}

async function started(deployment: { id: string }, name: string): Promise<FlowRun> {
  const run = await runOf(deployment, name);
  for (const type of ["PENDING", "RUNNING"]) expect((await propose(run, type)).status).toBe("ACCEPT");
  return run;
}

/** Names of the runs that agents of the queue are offered, by the old route. */
async function offered(): Promise<string[]> {
  const queue = await app.send("GET", "/work_queues/name/q");
  const { id } = queue.body as { id: string };
  const runs = await app.send("POST", `/work_queues/${id}/get_runs`, {
    scheduled_before: new Date(app.clock.now() + 10_000).toISOString(),
  });
  return (runs.body as FlowRun[]).map(({ name }) => name);
}

async function states(): Promise<string[]> {
  const { body } = await app.send("POST", "/flow_runs/filter", { sort: "EXPECTED_START_TIME_ASC" });
  return (body as FlowRun[]).map(({ state_name }) => state_name ?? "none");
}

describe("overlap", () => {
  test("allow is the default: runs start beside each other, and nothing is written", async () => {
    const deployment = await makeDeployment(app, { work_queue_name: "q" });
    await started(deployment, "one");
    const two = await runOf(deployment, "two");
    expect(await offered()).toEqual(["two"]);
    expect(await policies.runOnce()).toBe(0);
    expect((await propose(two, "PENDING")).status).toBe("ACCEPT");
  });

  test("skip: a run that is due while another is under way is skipped, and says why", async () => {
    const deployment = await deployed({ overlap: "skip" });
    const one = await started(deployment, "one");
    const two = await runOf(deployment, "two");
    expect(await offered()).toEqual([]);
    expect(await policies.runOnce()).toBe(1);
    expect(await read(two)).toMatchObject({
      ...{ state_type: "CANCELLED", state_name: "Skipped" },
      state: { message: "Skipped: flow run 'one' was still under way (overlap: skip)." },
    });
    expect((await read(one)).state_type).toBe("RUNNING");
    expect(await policies.runOnce()).toBe(0);
  });

  test("skip holds at the claim too, with no loop: of any client, by REJECT", async () => {
    const deployment = await deployed({ overlap: "skip" });
    await started(deployment, "one");
    const two = await runOf(deployment, "two");
    const reason = "Skipped: flow run 'one' was still under way (overlap: skip).";
    expect(await propose(two, "PENDING")).toEqual({ status: "REJECT", reason });
    expect((await read(two)).state_name).toBe("Skipped");
  });

  test("skip is decided when a run is due: one that is claimed ahead of its time is left for later", async () => {
    const deployment = await deployed({ overlap: "skip" });
    const one = await started(deployment, "one");
    const body = { name: "two", state: { type: "SCHEDULED", state_details: { scheduled_time: inSeconds(5) } } };
    const two: FlowRun = (await app.send("POST", `/deployments/${deployment.id}/create_flow_run`, body)).body;
    expect((await propose(two, "PENDING")).status).toBe("ABORT");
    expect(await offered()).toEqual([]);
    expect(await policies.runOnce()).toBe(0);
    await propose(one, "COMPLETED");
    expect(await offered()).toEqual(["two"]);
    expect((await propose(two, "PENDING")).status).toBe("ACCEPT");
  });

  test("wait: a run waits for its turn, says why, and is offered when the other has ended", async () => {
    const deployment = await deployed({ overlap: "wait" });
    const one = await started(deployment, "one");
    const two = await runOf(deployment, "two");
    const message = "Waits for its turn: flow run 'one' was under way (overlap: wait).";
    expect(await propose(two, "PENDING")).toEqual({ status: "ABORT", reason: message });
    expect([await policies.runOnce(), await policies.runOnce()]).toEqual([1, 0]);
    expect(await read(two)).toMatchObject({
      ...{ state_type: "SCHEDULED", state_name: "AwaitingConcurrencySlot", state: { message } },
      next_scheduled_start_time: two.next_scheduled_start_time,
    });
    expect(await offered()).toEqual([]);
    await propose(one, "COMPLETED");
    expect(await offered()).toEqual(["two"]);
    expect((await propose(two, "PENDING")).status).toBe("ACCEPT");
  });

  test.each(["PENDING", "PENDING RUNNING", "PENDING RUNNING CANCELLING"])(
    "a run counts as under way when it went through %s",
    async (way) => {
      const deployment = await deployed({ overlap: "wait" });
      const one = await runOf(deployment, "one");
      const two = await runOf(deployment, "two");
      for (const type of way.split(" ")) await propose(one, type);
      expect((await propose(two, "PENDING")).status).toBe("ABORT");
    },
  );

  test("a run that waits for its retry in its process is under way", async () => {
    const deployment = await deployed({ overlap: "wait" });
    const one = await runOf(deployment, "one");
    await app.send("PATCH", `/flow_runs/${one.id}`, { empirical_policy: { retries: 1 } });
    for (const type of ["PENDING", "RUNNING", "FAILED"]) {
      const headers = { [ATTEMPT_HEADER]: `${one.id}/token`, [HEARTBEAT_HEADER]: "1" };
      await app.send("POST", `/flow_runs/${one.id}/set_state`, { state: { type } }, headers);
    }
    await runOf(deployment, "two");
    expect((await read(one)).state_name).toBe("AwaitingRetry");
    expect(await offered()).toEqual([]);
  });

  test("cancel-older: the older run is cancelled, the newer one starts when it has ended", async () => {
    const deployment = await deployed({ overlap: "cancel-older" });
    const one = await started(deployment, "one");
    app.clock.advance(1);
    const two = await runOf(deployment, "two");
    expect(await policies.runOnce()).toBe(1);
    expect(await read(one)).toMatchObject({
      state_type: "CANCELLING",
      state: { message: "The newer flow run 'two' takes its place (overlap: cancel-older)." },
    });
    expect(await read(two)).toMatchObject({
      state_name: "AwaitingConcurrencySlot",
      state: { message: "Waits until flow run 'one' is cancelled (overlap: cancel-older)." },
    });
    expect([await policies.runOnce(), await offered()]).toEqual([0, []]);
    expect((await propose(two, "PENDING")).status).toBe("ABORT");
    await propose(one, "CANCELLED");
    expect(await offered()).toEqual(["two"]);
  });

  test("cancel-older: of several that are due only the newest starts", async () => {
    const deployment = await deployed({ overlap: "cancel-older" });
    for (const name of ["one", "two", "three"]) {
      await runOf(deployment, name);
      app.clock.advance(1);
    }
    expect(await policies.runOnce()).toBe(2);
    expect(await states()).toEqual(["Skipped", "Skipped", "Scheduled"]);
    expect(await offered()).toEqual(["three"]);
  });

  test("cancel-older: a run that is older than the one under way does not take its place", async () => {
    const deployment = await deployed({ overlap: "cancel-older" });
    const old = await runOf(deployment, "old");
    app.clock.advance(10);
    const young = await started(deployment, "young");
    await policies.runOnce();
    expect([(await read(old)).state_name, (await read(young)).state_type]).toEqual(["Skipped", "RUNNING"]);
  });

  test("a run that starts again is not skipped, and takes no other one's place: it waits", async () => {
    for (const overlap of ["skip", "cancel-older"] as const) {
      const deployment = await deployed({ overlap });
      const one = await started(deployment, "one");
      await propose(one, "FAILED");
      const two = await started(deployment, "two");
      await app.send("POST", `/flow_runs/${one.id}/set_state`, { state: { type: "SCHEDULED", name: "AwaitingRetry" } });
      await policies.runOnce();
      expect((await read(one)).state_name).toBe("AwaitingConcurrencySlot");
      expect((await read(two)).state_type).toBe("RUNNING");
      await propose(two, "COMPLETED");
      expect((await propose(one, "PENDING")).status).toBe("ACCEPT");
    }
  });

  test("deployments do not stand in each other's way", async () => {
    await started(await deployed({ overlap: "skip" }), "one");
    const two = await runOf(await deployed({ overlap: "skip" }), "two");
    expect(await policies.runOnce()).toBe(0);
    expect((await propose(two, "PENDING")).status).toBe("ACCEPT");
  });

  test("programs that poll their own deployments are not offered a run before its turn", async () => {
    const deployment = await deployed({ overlap: "wait" });
    const one = await started(deployment, "one");
    await runOf(deployment, "two");
    const poll = async () =>
      (await app.send("POST", "/deployments/get_scheduled_flow_runs", { deployment_ids: [deployment.id] }))
        .body as FlowRun[];
    expect(await poll()).toEqual([]);
    await propose(one, "COMPLETED");
    expect((await poll()).map(({ name }) => name)).toEqual(["two"]);
  });
});

describe("catch-up", () => {
  /** A minute's schedule whose runs nobody started for so many seconds. */
  async function missed(catchup: CatchupInput, seconds: number) {
    const deployment = await deployed({ catchup }, MINUTELY);
    await createScheduler(app.app.context).runOnce();
    app.clock.advance(seconds);
    return deployment;
  }
  const late = async () => {
    const now = app.clock.now();
    const { body } = await app.send("POST", "/flow_runs/filter", { sort: "EXPECTED_START_TIME_ASC" });
    return (body as FlowRun[])
      .filter(({ expected_start_time }) => Date.parse(expected_start_time ?? "") <= now)
      .map(({ state_name }) => state_name);
  };

  test("all is the default: every run that was scheduled starts, however late", async () => {
    await missed("all", 300);
    expect(await policies.runOnce()).toBe(0);
    expect((await offered()).length).toBe(6);
  });

  test("last: of the runs that are due only the newest starts", async () => {
    await missed("last", 300);
    await policies.runOnce();
    expect(await late()).toEqual(["Skipped", "Skipped", "Skipped", "Skipped", "Skipped", "Scheduled"]);
    expect((await offered()).length).toBe(1);
  });

  test("none: a run that is late by more than a minute does not start", async () => {
    await missed("none", 300);
    await policies.runOnce();
    expect(await late()).toEqual(["Skipped", "Skipped", "Skipped", "Skipped", "Scheduled", "Scheduled"]);
  });

  test("within: a run may be late by so much, to the second", async () => {
    await missed({ within: "PT3M" }, 300);
    await policies.runOnce();
    expect(await late()).toEqual(["Skipped", "Skipped", "Scheduled", "Scheduled", "Scheduled", "Scheduled"]);
    app.clock.advance(0.001);
    expect(await policies.runOnce()).toBe(1);
  });

  test("a skipped run says how late it was, and holds at the claim as well", async () => {
    await missed("none", 7500);
    const [first] = (await app.send("POST", "/flow_runs/filter", { sort: "EXPECTED_START_TIME_ASC" }))
      .body as FlowRun[];
    const reason = "Skipped: it was late by 2 h 5 min when it could have started (catchup: none).";
    expect(await propose(first ?? { id: "" }, "PENDING")).toEqual({ status: "REJECT", reason });
  });

  test("a run that a person asked for is never too late", async () => {
    for (const catchup of ["none", "last", { within: 1 }] as const) {
      const deployment = await deployed({ catchup });
      const run = await runOf(deployment, "by hand");
      app.clock.advance(3600);
      await policies.runOnce();
      expect((await propose(run, "PENDING")).status).toBe("ACCEPT");
    }
  });

  test("last: the newest date is made up for when no scheduler ran for days", async () => {
    await missed("last", 3 * 86_400 + 30);
    await createScheduler(app.app.context).runOnce();
    await policies.runOnce();
    const due = (await late()).filter((name) => name !== "Skipped");
    expect(due).toEqual(["Scheduled"]);
    const { body } = await app.send("POST", "/flow_runs/filter", {
      flow_runs: { state: { name: { any_: ["Scheduled"] } } },
      sort: "EXPECTED_START_TIME_ASC",
      limit: 1,
    });
    expect(Date.parse((body as FlowRun[])[0]?.expected_start_time ?? "")).toBe(Date.UTC(2026, 10, 26, 12));
  });

  test("within: the dates of the window are made up for, and only those", async () => {
    await missed({ within: 600 }, 3 * 86_400 + 30);
    await createScheduler(app.app.context).runOnce();
    await policies.runOnce();
    expect((await late()).filter((name) => name !== "Skipped")).toHaveLength(10);
  });

  test("a run that somebody deleted is not made again, and nothing is missed of a schedule that was switched off", async () => {
    const deployment = await missed({ within: 86_400 }, 600);
    for (const { id } of (await app.send("POST", "/flow_runs/filter", {})).body as FlowRun[]) {
      await app.send("DELETE", `/flow_runs/${id}`);
    }
    const scheduler = createScheduler(app.app.context);
    await scheduler.runOnce();
    expect(await late()).toEqual(["Scheduled"]);
    await app.send("POST", `/deployments/${deployment.id}/set_schedule_inactive`);
    app.clock.advance(7200);
    await app.send("POST", `/deployments/${deployment.id}/set_schedule_active`);
    await scheduler.runOnce();
    expect(await late()).toEqual(["Scheduled"]);
  });

  test("wait and last together keep one run waiting: the newest", async () => {
    const deployment = await deployed({ overlap: "wait", catchup: "last" }, MINUTELY);
    await createScheduler(app.app.context).runOnce();
    await started(deployment, "long");
    app.clock.advance(180);
    await policies.runOnce();
    expect((await late()).filter((name) => name === "AwaitingConcurrencySlot")).toHaveLength(1);
    expect((await late()).filter((name) => name === "Skipped")).toHaveLength(3);
  });
});

describe("the policy of a deployment", () => {
  const policyOf = async ({ id }: { id: string }) => {
    const [found] = await app.call(readRunPolicies, { body: { deployment_ids: [id] } });
    return found && { overlap: found.overlap, catchup: found.catchup };
  };

  test("is changed in part, kept by clients that know nothing of it, and in no answer of the old API", async () => {
    const deployment = await deployed({ overlap: "skip", catchup: { within: "PT1H" } });
    expect(await policyOf(deployment)).toEqual({ overlap: "skip", catchup: { within: 3600 } });
    await app.call(updateDeployment, { params: { id: deployment.id }, body: { run_policy: { catchup: "last" } } });
    expect(await policyOf(deployment)).toEqual({ overlap: "skip", catchup: "last" });
    const { name, flow_id } = deployment;
    const again = await app.send("POST", "/deployments/", { name, flow_id });
    expect(await policyOf(deployment)).toEqual({ overlap: "skip", catchup: "last" });
    for (const answer of [deployment, again.body]) {
      expect(Object.keys(answer)).not.toContain("run_policy");
      expect(Object.keys(answer)).not.toContain("overlap");
    }
  });

  test("goes back to the defaults, and leaves others alone", async () => {
    const [one, two] = [await deployed({ overlap: "wait" }), await makeDeployment(app)];
    await app.call(updateDeployment, { params: { id: one.id }, body: { run_policy: { overlap: "allow" } } });
    const defaults = { overlap: "allow", catchup: "all" } as const;
    expect([await policyOf(one), await policyOf(two)]).toEqual([defaults, defaults]);
    expect(await app.call(readRunPolicies, { body: { deployment_ids: [UNKNOWN] } })).toEqual([]);
  });

  test.each<unknown>([
    { overlap: "sometimes" },
    { catchup: "some" },
    { catchup: { within: 0 } },
    { catchup: { within: -1 } },
    { catchup: { within: "soon" } },
    { catchup: { within: 1e300 } },
    { catchup: { within: 5, more: 1 } },
    { other: 1 },
    "skip",
  ])("refuses %j", async (run_policy) => {
    const { id } = await makeDeployment(app);
    expect((await app.send("PATCH", `/deployments/${id}`, { run_policy })).status).toBe(422);
  });
});

describe("the loop", () => {
  test("acts at the moment a run becomes due, and not before", async () => {
    const deployment = await deployed({ overlap: "skip" });
    await started(deployment, "one");
    const body = { name: "two", state: { type: "SCHEDULED", state_details: { scheduled_time: inSeconds(3) } } };
    const two: FlowRun = (await app.send("POST", `/deployments/${deployment.id}/create_flow_run`, body)).body;
    const skipped = Promise.withResolvers<void>();
    const stop = app.app.context.events.subscribe((event) => {
      if (event.type === "flow-run-state" && event.state_name === "Skipped") skipped.resolve();
    });
    policies.start();
    while (policies.report().passes === 0 || policies.report().dueSince === app.clock.elapsed()) await Bun.sleep(0);
    expect((await read(two)).state_name).toBe("Scheduled");
    app.clock.advance(3);
    await skipped.promise;
    stop();
    await policies.stop();
  });
});

function inSeconds(seconds: number): string {
  return new Date(app.clock.now() + seconds * 1000).toISOString();
}

describe("a deployment that runs itself as a subflow", () => {
  /** A run of the deployment that a task of `parent` has started. */
  async function subflowOf(parent: FlowRun, name: string): Promise<FlowRun> {
    const standIn = await makeTaskRun(app, { flow_run_id: parent.id });
    const body = { name, parent_task_run_id: standIn.id };
    return (await app.send("POST", `/deployments/${parent.deployment_id}/create_flow_run`, body)).body;
  }

  for (const overlap of ["wait", "skip", "cancel-older"] as const) {
    test(`${overlap}: the subflow, and the subflow of that one, start beside the runs that wait for them`, async () => {
      const deployment = await deployed({ overlap });
      const parent = await started(deployment, "parent");
      const child = await subflowOf(parent, "child");
      expect(await offered()).toEqual(["child"]);
      expect(await policies.runOnce()).toBe(0);
      for (const type of ["PENDING", "RUNNING"]) expect((await propose(child, type)).status).toBe("ACCEPT");
      const inner = await subflowOf(child, "inner");
      expect(await offered()).toEqual(["inner"]);
      expect((await propose(inner, "PENDING")).status).toBe("ACCEPT");
      expect((await read(parent)).state_type).toBe("RUNNING");
    });
  }

  test("wait: a second subflow waits for the first, and a run from outside for all", async () => {
    const deployment = await deployed({ overlap: "wait" });
    const parent = await started(deployment, "parent");
    const first = await subflowOf(parent, "first");
    for (const type of ["PENDING", "RUNNING"]) expect((await propose(first, type)).status).toBe("ACCEPT");
    const second = await subflowOf(parent, "second");
    const outside = await runOf(deployment, "outside");
    expect(await offered()).toEqual([]);
    for (const run of [second, outside]) expect((await propose(run, "PENDING")).status).toBe("ABORT");
    expect((await propose(first, "COMPLETED")).status).toBe("ACCEPT");
    expect(await offered()).toEqual(["second"]);
  });
});
