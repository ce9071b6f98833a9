// The rules of flow runs beyond single transitions (matrix.test.ts has those): what they keep, reset and remember.
import { afterAll, describe, expect, test } from "bun:test";
import { AwaitingRetry, Failed } from "#domain/states.ts";
import { resumeFlowRun } from "#wire/runs/flow-runs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { testApp } from "../../../app.ts";
import { makeDeployment, makeFlowRun, makeTaskRun } from "../../../factory.ts";
import { brief, flowRun, inSeconds, propose, walk } from "../../proposals.ts";

const app = testApp();
afterAll(() => app.close());

const pause = (details: StateInput["state_details"] = {}): StateInput => ({ type: "PAUSED", state_details: details });

async function deploymentRun(state: StateInput) {
  const { id, flow_id } = await makeDeployment(app);
  return makeFlowRun(app, { state, deployment_id: id, flow_id });
}

describe("a run that has ended", () => {
  test("restarts when its deployment can run it again, with its pauses forgotten", async () => {
    const run = await deploymentRun({ type: "RUNNING" });
    await walk(app, "flow_runs", run.id, [pause({ pause_key: "1" }), "RUNNING", "FAILED"]);
    expect((await flowRun(app, run.id)).empirical_policy.pause_keys).toEqual(["1"]);
    const seen = await propose(app, "flow_runs", run.id, AwaitingRetry(inSeconds(app, 0)));
    expect(brief(seen)).toBe("ACCEPT SCHEDULED/AwaitingRetry");
    expect(await flowRun(app, run.id)).toMatchObject({
      end_time: null,
      empirical_policy: { pause_keys: [], resuming: false },
    });
  });

  test("does not restart under another name, and keeps its policy", async () => {
    const run = await deploymentRun({ type: "RUNNING" });
    await walk(app, "flow_runs", run.id, [pause({ pause_key: "1" }), "RUNNING", "COMPLETED"]);
    expect(await walk(app, "flow_runs", run.id, ["SCHEDULED"])).toEqual(["ABORT COMPLETED/Completed"]);
    expect((await flowRun(app, run.id)).empirical_policy.pause_keys).toEqual(["1"]);
  });
});

describe("a scheduled run", () => {
  test("carries its time to Pending, and has to wait for it", async () => {
    const run = await makeFlowRun(app, {
      state: { type: "SCHEDULED", state_details: { scheduled_time: inSeconds(app, 100) } },
    });
    const early = await propose(app, "flow_runs", run.id, { type: "RUNNING" });
    expect(early).toMatchObject({ http: 200, status: "WAIT", delay: 100, reason: "Scheduled time is in the future" });
    const claimed = await propose(app, "flow_runs", run.id, { type: "PENDING" });
    expect(claimed.state?.state_details.scheduled_time).toBe(inSeconds(app, 100));
    app.clock.advance(1);
    expect(await propose(app, "flow_runs", run.id, { type: "RUNNING" })).toMatchObject({ status: "WAIT", delay: 99 });
    app.clock.advance(98.7);
    expect(await propose(app, "flow_runs", run.id, { type: "RUNNING" })).toMatchObject({ status: "WAIT", delay: 1 });
    app.clock.advance(0.3);
    expect(await propose(app, "flow_runs", run.id, { type: "RUNNING" })).toMatchObject({ status: "ACCEPT", http: 201 });
  });

  test("keeps the time that its Pending names itself", async () => {
    const run = await makeFlowRun(app, { state: { type: "SCHEDULED" } });
    const state_details = { scheduled_time: inSeconds(app, 5) };
    const claimed = await propose(app, "flow_runs", run.id, { type: "PENDING", state_details });
    expect(claimed.state?.state_details.scheduled_time).toBe(inSeconds(app, 5));
  });

  test("with a process is cancelled by who can end the process", async () => {
    const run = await makeFlowRun(app, { state: { type: "SCHEDULED" } });
    await app.send("PATCH", `/flow_runs/${run.id}`, { infrastructure_pid: "host:1" });
    expect(
      await walk(app, "flow_runs", run.id, ["CANCELLING", "RUNNING", "CRASHED", "CANCELLED", "SCHEDULED"]),
    ).toEqual([
      "ACCEPT CANCELLING/Cancelling",
      "REJECT CANCELLING/Cancelling",
      "REJECT CANCELLING/Cancelling",
      "ACCEPT CANCELLED/Cancelled",
      "ABORT CANCELLED/Cancelled",
    ]);
  });
});

describe("of two agents that claim a run at once", () => {
  test("exactly one gets it", async () => {
    const run = await makeFlowRun(app, { state: { type: "SCHEDULED" } });
    const claims = await Promise.all(
      Array.from({ length: 10 }, () => propose(app, "flow_runs", run.id, { type: "PENDING" })),
    );
    expect(claims.map(({ status }) => status).toSorted()).toEqual([
      "ABORT",
      "ABORT",
      ..."ABORT ".repeat(7).trim().split(" "),
      "ACCEPT",
    ]);
    expect(claims.find(({ status }) => status === "ABORT")?.reason).toBe(
      "This run cannot transition to the StateType.PENDING state from the StateType.PENDING state.",
    );
  });
});

describe("a failing run with retries left", () => {
  test("waits for its delay, keeps what it failed with, and runs out of retries", async () => {
    const empirical_policy = { retries: 2, retry_delay: 3 };
    const run = await makeFlowRun(app, { state: { type: "RUNNING" }, empirical_policy });
    const data = { type: "unpersisted" };
    const first = await propose(app, "flow_runs", run.id, Failed({ message: "boom", data }));
    expect(first).toMatchObject({ http: 201, status: "REJECT", reason: "Retrying" });
    expect(first.state).toMatchObject({ type: "SCHEDULED", name: "AwaitingRetry", message: "boom", data });
    expect(first.state?.state_details.scheduled_time).toBe(inSeconds(app, 3));
    expect(await propose(app, "flow_runs", run.id, { type: "RUNNING" })).toMatchObject({ status: "WAIT", delay: 3 });
    app.clock.advance(3);
    expect(await walk(app, "flow_runs", run.id, ["RUNNING", "FAILED"])).toEqual([
      "ACCEPT RUNNING/Running",
      "REJECT SCHEDULED/AwaitingRetry",
    ]);
    app.clock.advance(3);
    expect(await walk(app, "flow_runs", run.id, ["RUNNING", "FAILED"])).toEqual([
      "ACCEPT RUNNING/Running",
      "ACCEPT FAILED/Failed",
    ]);
    expect(await flowRun(app, run.id)).toMatchObject({ run_count: 3, state_type: "FAILED" });
  });

  test("is not retried when it crashed", async () => {
    const run = await makeFlowRun(app, { state: { type: "RUNNING" }, empirical_policy: { retries: 2 } });
    expect(await walk(app, "flow_runs", run.id, ["CRASHED"])).toEqual(["ACCEPT CRASHED/Crashed"]);
  });

  test("understands the deprecated names of its policy", async () => {
    const empirical_policy = { max_retries: 1, retry_delay_seconds: 7 };
    const run = await makeFlowRun(app, { state: { type: "RUNNING" }, empirical_policy });
    const seen = await propose(app, "flow_runs", run.id, Failed());
    expect(seen.state?.state_details.scheduled_time).toBe(inSeconds(app, 7));
  });
});

describe("a pause", () => {
  test("happens once for each key, and resumes in its process", async () => {
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    expect(await walk(app, "flow_runs", run.id, [pause({ pause_key: "a" })])).toEqual(["ACCEPT PAUSED/Paused"]);
    const resumed = await app.call(resumeFlowRun, { params: { id: run.id }, body: {} });
    expect([resumed.status, resumed.state?.type]).toEqual(["ACCEPT", "RUNNING"]);
    // As on the old server: an in-process resume is counted, and leaves its mark until the next state.
    expect(await flowRun(app, run.id)).toMatchObject({ run_count: 2, empirical_policy: { resuming: true } });
    const again = await propose(app, "flow_runs", run.id, pause({ pause_key: "a" }));
    expect(again).toMatchObject({ http: 200, status: "REJECT", reason: "This pause has already fired." });
    await walk(app, "flow_runs", run.id, ["COMPLETED"]);
    expect((await flowRun(app, run.id)).empirical_policy).toMatchObject({ resuming: false, pause_keys: ["a"] });
  });

  test("without a key gets one of its own", async () => {
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    await walk(app, "flow_runs", run.id, [pause(), "RUNNING", pause()]);
    expect(new Set((await flowRun(app, run.id)).empirical_policy.pause_keys).size).toBe(2);
  });

  test("that gives the process up comes back scheduled, and is not counted as another run", async () => {
    const run = await deploymentRun({ type: "RUNNING" });
    const seen = await walk(app, "flow_runs", run.id, [pause({ pause_reschedule: true })]);
    expect(seen).toEqual(["ACCEPT PAUSED/Paused"]);
    const { status, state } = await app.call(resumeFlowRun, { params: { id: run.id }, body: {} });
    expect([status, state?.type, state?.name]).toEqual(["ACCEPT", "SCHEDULED", "Resuming"]);
    await walk(app, "flow_runs", run.id, ["PENDING", "RUNNING"]);
    expect(await flowRun(app, run.id)).toMatchObject({ run_count: 1, empirical_policy: { resuming: false } });
  });

  test("that gives the process up needs a deployment, and a run of its own", async () => {
    const plain = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const details = { pause_reschedule: true };
    expect(await propose(app, "flow_runs", plain.id, pause(details))).toMatchObject({
      status: "ABORT",
      reason: "Cannot pause flows without a deployment with the reschedule option.",
    });
    const task = await makeTaskRun(app);
    const subflow = await makeFlowRun(app, { state: { type: "RUNNING" }, parent_task_run_id: task.id });
    expect(await propose(app, "flow_runs", subflow.id, pause(details))).toMatchObject({
      status: "ABORT",
      reason: "Cannot pause subflows with the reschedule option.",
    });
  });

  test("whose time is over fails the run that wants to go on", async () => {
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    await walk(app, "flow_runs", run.id, [pause({ pause_timeout: inSeconds(app, 10) })]);
    app.clock.advance(11);
    expect(await propose(app, "flow_runs", run.id, { type: "RUNNING" })).toMatchObject({
      http: 201,
      status: "REJECT",
      reason: "The flow run pause has timed out and can no longer resume.",
      state: { type: "FAILED", message: "The flow was paused and never resumed." },
    });
  });

  test("whose deployment was never there cannot be rescheduled, but ended", async () => {
    const run = await makeFlowRun(app, { state: pause({ pause_reschedule: true }) });
    expect(await propose(app, "flow_runs", run.id, { type: "SCHEDULED" })).toMatchObject({
      status: "REJECT",
      reason: "Cannot reschedule a paused flow run without a deployment.",
      state: { type: "PAUSED" },
    });
  });
});
