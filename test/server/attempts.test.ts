// R1 and R7 at the API: which execution of a flow run is heard, and what happens to what is created too late.
import { afterAll, describe, expect, test } from "bun:test";
import { createLostRuns } from "#server/loops/lost-runs.ts";
import { ATTEMPT_HEADER } from "#wire/runs/attempts.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { HEARTBEAT_HEADER, sendHeartbeats } from "#wire/runs/heartbeats.ts";
import { listLogs } from "#wire/runs/logs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { testApp } from "../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../factory.ts";
import { brief, flowRun, propose, taskRun } from "./proposals.ts";

const app = testApp();
afterAll(() => app.close());

const [FIRST, SECOND] = ["first-token", "second-token"];
const by = (id: string, token: string) => ({
  headers: { [ATTEMPT_HEADER]: `${id}/${token}`, [HEARTBEAT_HEADER]: "1" },
});
const refusal = (run: { name: string }, why: string) => ({
  status: 410,
  body: { detail: `Flow run '${run.name}' is no longer yours: ${why}`, code: "no_longer_yours" } as never,
});
const TAKEN = "it was taken from this execution. It is";
const OTHER = "another execution of it has begun. It is";

async function scheduledRun(retries = 0): Promise<FlowRun> {
  const { id, flow_id } = await makeDeployment(app);
  const empirical_policy = { retries };
  return makeFlowRun(app, { state: { type: "SCHEDULED" }, deployment_id: id, flow_id, empirical_policy });
}

/** A run that its first execution has begun. */
async function begunRun(retries = 0): Promise<FlowRun> {
  const run = await scheduledRun(retries);
  await propose(app, "flow_runs", run.id, { type: "PENDING" }, by(run.id, FIRST));
  await propose(app, "flow_runs", run.id, { type: "RUNNING" }, by(run.id, FIRST));
  return run;
}

/** The run is taken for lost. */
async function lose(): Promise<void> {
  const loop = createLostRuns(app.app.context);
  for (let passes = 0; passes < 13; passes += 1) {
    app.clock.advance(5);
    await loop.runOnce();
  }
  await loop.stop();
}

const proposed = async (id: string, state: StateInput, token?: string) =>
  app.send("POST", `/flow_runs/${id}/set_state`, { state }, token === undefined ? {} : by(id, token).headers);

describe("R1: a claim", () => {
  test("that is repeated with its token is accepted again, with another one it is not", async () => {
    const run = await scheduledRun();
    const claim = (token: string) => propose(app, "flow_runs", run.id, { type: "PENDING" }, by(run.id, token));
    expect(await claim(FIRST)).toMatchObject({ http: 201, status: "ACCEPT" });
    expect(await claim(FIRST)).toMatchObject({ http: 200, status: "ACCEPT", state: { type: "PENDING" } });
    expect(await claim(SECOND)).toMatchObject({ http: 200, status: "ABORT" });
    expect(await propose(app, "flow_runs", run.id, { type: "RUNNING" }, by(run.id, FIRST))).toMatchObject({
      http: 201,
    });
    expect(await claim(FIRST)).toMatchObject({ status: "ABORT" });
  });
  test("by a client without a token voids the older tokens, and goes on without", async () => {
    const run = await begunRun();
    expect(brief(await propose(app, "flow_runs", run.id, { type: "SCHEDULED" }, { force: true }))).toStartWith(
      "ACCEPT",
    );
    expect(brief(await propose(app, "flow_runs", run.id, { type: "PENDING" }))).toStartWith("ACCEPT");
    expect(await proposed(run.id, { type: "RUNNING" }, FIRST)).toEqual(refusal(run, `${TAKEN} Pending now.`));
    expect(await proposed(run.id, { type: "RUNNING" })).toMatchObject({ status: 201 });
    expect(await proposed(run.id, { type: "COMPLETED" })).toMatchObject({ status: 201 });
  });
});

describe("R1: a run that was lost", () => {
  test("and runs again is heard from its new execution only", async () => {
    const run = await begunRun(1);
    await lose();
    expect(await flowRun(app, run.id)).toMatchObject({ state_type: "SCHEDULED", state_name: "AwaitingRetry" });
    expect(await proposed(run.id, { type: "COMPLETED" }, FIRST)).toEqual(refusal(run, `${TAKEN} AwaitingRetry now.`));
    await propose(app, "flow_runs", run.id, { type: "PENDING" }, by(run.id, SECOND));
    await propose(app, "flow_runs", run.id, { type: "RUNNING" }, by(run.id, SECOND));
    const task = await makeTaskRun(app, { flow_run_id: run.id });
    const log = { name: "n", level: 20, message: "late", timestamp: "2026-01-01T00:00:00Z", flow_run_id: run.id };
    const calls: [method: string, path: string, body?: object][] = [
      ["POST", `/flow_runs/${run.id}/set_state`, { state: { type: "COMPLETED" } }],
      ["POST", `/flow_runs/${run.id}/set_state`, { state: { type: "CRASHED" }, force: true }],
      ["PATCH", `/flow_runs/${run.id}`, { infrastructure_pid: "host:1" }],
      ["GET", `/flow_runs/${run.id}`],
      ["POST", "/flow_runs/", { flow_id: run.flow_id, parent_task_run_id: task.id }],
      ["POST", `/deployments/${run.deployment_id}/create_flow_run`, {}],
      ["POST", "/task_runs/", { flow_run_id: run.id, task_key: "k", dynamic_key: "1" }],
      ["POST", `/task_runs/${task.id}/set_state`, { state: { type: "RUNNING" } }],
      ["POST", "/logs/", [log]],
      ["POST", "/artifacts/", { key: "k", flow_run_id: run.id, data: 1 }],
      ["POST", "/orch/heartbeats", { flow_run_ids: [run.id] }],
      ["POST", `/flow_runs/${run.id}/resume`],
    ];
    for (const [method, path, body] of calls) {
      const answer = await app.send(method, path, body, by(run.id, FIRST).headers);
      expect([path, answer]).toEqual([path, refusal(run, `${OTHER} Running now.`)]);
    }
    expect(await app.call(listLogs, { body: { logs: { flow_run_id: { any_: [run.id] } } } })).toEqual([]);
    expect((await taskRun(app, task.id)).state_type).toBe("PENDING");
    expect(await proposed(run.id, { type: "COMPLETED" }, SECOND)).toMatchObject({ status: 201 });
  });
  test("and does not run again is ended for its execution too; what it wrote before still arrives", async () => {
    const run = await begunRun();
    await lose();
    expect((await flowRun(app, run.id)).state_type).toBe("CRASHED");
    const log = { name: "n", level: 20, message: "last", timestamp: "2026-01-01T00:00:00Z", flow_run_id: run.id };
    expect(await app.send("POST", "/logs/", [log], by(run.id, FIRST).headers)).toMatchObject({ status: 201 });
    const task = { flow_run_id: run.id, task_key: "k", dynamic_key: "1" };
    const answer = await app.send("POST", "/task_runs/", task, by(run.id, FIRST).headers);
    expect(answer).toEqual(refusal(run, `${TAKEN} Crashed now.`));
  });
  test("while it was being cancelled is over for its execution", async () => {
    const run = await begunRun();
    await propose(app, "flow_runs", run.id, { type: "CANCELLING" });
    await lose();
    expect(await proposed(run.id, { type: "CANCELLED" }, FIRST)).toEqual(refusal(run, `${TAKEN} Cancelled now.`));
  });
});

describe("R1: an execution stays heard", () => {
  test("when it is tried again in its own process", async () => {
    const run = await begunRun(1);
    const failed = await propose(app, "flow_runs", run.id, { type: "FAILED" }, by(run.id, FIRST));
    expect(brief(failed)).toBe("REJECT SCHEDULED/AwaitingRetry");
    expect(await proposed(run.id, { type: "RUNNING" }, FIRST)).toMatchObject({ status: 201 });
  });
  test("when its engine is one of Prefect's, which sends no token", async () => {
    const run = await begunRun(1);
    await propose(app, "flow_runs", run.id, { type: "FAILED" });
    await propose(app, "flow_runs", run.id, { type: "RUNNING" });
    expect(await app.send("GET", `/flow_runs/${run.id}`, undefined, by(run.id, FIRST).headers)).toMatchObject({
      status: 200,
    });
  });
  test("when it is cancelled, or paused and resumed in its process", async () => {
    const run = await begunRun();
    await propose(app, "flow_runs", run.id, { type: "PAUSED", name: "Paused" }, by(run.id, FIRST));
    await app.send("POST", `/flow_runs/${run.id}/resume`);
    await propose(app, "flow_runs", run.id, { type: "CANCELLING" });
    expect(await proposed(run.id, { type: "CANCELLED" }, FIRST)).toMatchObject({ status: 201 });
  });
  test("after its end, for its last words", async () => {
    const run = await begunRun();
    await propose(app, "flow_runs", run.id, { type: "CRASHED" });
    expect(await app.send("GET", `/flow_runs/${run.id}`, undefined, by(run.id, FIRST).headers)).toMatchObject({
      status: 200,
    });
  });
  test("about other runs: the header says who speaks, not of what", async () => {
    const [run, other] = [await begunRun(), await begunRun()];
    const answer = await app.send(
      "POST",
      `/flow_runs/${other.id}/set_state`,
      { state: { type: "PAUSED" } },
      by(run.id, FIRST).headers,
    );
    expect(answer).toMatchObject({ status: 201 });
  });
  test("about a run that was deleted: that is then not found", async () => {
    const run = await begunRun();
    await app.send("DELETE", `/flow_runs/${run.id}`);
    expect(await proposed(run.id, { type: "COMPLETED" }, FIRST)).toMatchObject({ status: 404 });
  });
});

test("R1: a run that is resumed in another process, or restarted, is not its old execution's any more", async () => {
  const paused = await begunRun();
  const state_details = { pause_reschedule: true, pause_key: "1" };
  await propose(app, "flow_runs", paused.id, { type: "PAUSED", name: "Paused", state_details }, by(paused.id, FIRST));
  await app.send("POST", `/flow_runs/${paused.id}/resume`);
  expect(await proposed(paused.id, { type: "RUNNING" }, FIRST)).toEqual(refusal(paused, `${TAKEN} Resuming now.`));
  const failed = await begunRun();
  await propose(app, "flow_runs", failed.id, { type: "FAILED" }, by(failed.id, FIRST));
  await propose(app, "flow_runs", failed.id, { type: "SCHEDULED", name: "AwaitingRetry" });
  expect(await proposed(failed.id, { type: "RUNNING" }, FIRST)).toEqual(refusal(failed, `${TAKEN} AwaitingRetry now.`));
});

test("R1: a run that its process has made itself has a token from the beginning", async () => {
  const { id: flow_id } = await makeFlow(app);
  const { status, body } = await app.send("POST", "/flow_runs/", { flow_id }, { [ATTEMPT_HEADER]: `/${FIRST}` });
  expect(status).toBe(201);
  const run: FlowRun = body;
  expect(await proposed(run.id, { type: "RUNNING" }, SECOND)).toEqual(refusal(run, `${OTHER} Pending now.`));
  expect(await proposed(run.id, { type: "RUNNING" }, FIRST)).toMatchObject({ status: 201 });
});

test("R1: heartbeats of an agent say which of its runs are not its own any more", async () => {
  const [run, lost] = [await begunRun(), await begunRun()];
  await propose(app, "flow_runs", lost.id, { type: "SCHEDULED" }, { force: true });
  const flow_run_ids = [run.id, lost.id];
  const beat = (attempts: Record<string, string>) => app.call(sendHeartbeats, { body: { flow_run_ids, attempts } });
  expect(await beat({ [run.id]: FIRST, [lost.id]: FIRST })).toEqual({ no_longer_yours: [lost.id] });
  expect(await beat({ [run.id]: FIRST })).toBeNull();
});

test("R1: an agent that cannot see its runs learns that they are not its own any more, and sends no heartbeat for them", async () => {
  const run = await begunRun();
  const body = { flow_run_ids: [], attempts: { [run.id]: FIRST } };
  expect(await app.call(sendHeartbeats, { body })).toBeNull();
  const loop = createLostRuns(app.app.context);
  for (let passes = 0; passes < 13; passes += 1) {
    app.clock.advance(5);
    await app.call(sendHeartbeats, { body });
    await loop.runOnce();
  }
  await loop.stop();
  expect((await flowRun(app, run.id)).state_type).toBe("CRASHED");
  expect(await app.call(sendHeartbeats, { body })).toEqual({ no_longer_yours: [run.id] });
});

describe("R1: a run that waits for its retry in its own process", () => {
  const due = async () => {
    const { body } = await app.send("POST", "/work_pools/default-agent-pool/get_scheduled_flow_runs", {});
    return (body as { flow_run: { id: string } }[]).map(({ flow_run }) => flow_run.id);
  };
  async function waitingRun(): Promise<FlowRun> {
    const { id } = await makeDeployment(app, { work_queue_name: "retries" });
    const made = await app.send("POST", `/deployments/${id}/create_flow_run`, { state: { type: "SCHEDULED" } });
    const run: FlowRun = made.body;
    await app.send("PATCH", `/flow_runs/${run.id}`, { empirical_policy: { retries: 1 } });
    for (const type of ["PENDING", "RUNNING", "FAILED"] as const) {
      await propose(app, "flow_runs", run.id, { type }, by(run.id, FIRST));
    }
    expect((await flowRun(app, run.id)).state_name).toBe("AwaitingRetry");
    return run;
  }
  test("is offered to no agent, and not claimed", async () => {
    const run = await waitingRun();
    expect(await due()).not.toContain(run.id);
    expect(await propose(app, "flow_runs", run.id, { type: "PENDING" }, by(run.id, SECOND))).toMatchObject({
      status: "ABORT",
      reason: "The process of this run waits to try it again itself.",
    });
    expect(await proposed(run.id, { type: "RUNNING" }, FIRST)).toMatchObject({ status: 201 });
  });
  test("is offered when its agent says that the process has ended", async () => {
    const run = await waitingRun();
    const end = (token: string) =>
      app.call(sendHeartbeats, { body: { flow_run_ids: [], attempts: { [run.id]: token }, ended: [run.id] } });
    await end(SECOND);
    expect(await due()).not.toContain(run.id);
    await end(FIRST);
    expect(await due()).toContain(run.id);
    expect(await propose(app, "flow_runs", run.id, { type: "PENDING" }, by(run.id, SECOND))).toMatchObject({
      http: 201,
    });
  });
  test("is offered when nothing was heard of the process for the lost-run time, and is not lost", async () => {
    const run = await waitingRun();
    await lose();
    expect(await due()).toContain(run.id);
    expect((await flowRun(app, run.id)).state_name).toBe("AwaitingRetry");
  });
});

test("R1: a header that names no execution is refused in one sentence", async () => {
  for (const header of ["x", "/", "a/b", `${"f".repeat(36)}/t`, "/t t"]) {
    expect(await app.send("GET", "/hello", undefined, { [ATTEMPT_HEADER]: header })).toEqual({
      status: 400,
      body: { detail: `The header x-orch-attempt must be FLOW_RUN_ID/TOKEN: '${header}' is not.` } as never,
    });
  }
});

describe("R7: what is created within a run that has ended", () => {
  for (const type of ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"] as const) {
    test(`a task run in one that is ${type}: CRASHED, and executed when the run is restarted`, async () => {
      const { id, flow_id } = await makeDeployment(app);
      const run = await makeFlowRun(app, { state: { type }, deployment_id: id, flow_id });
      const task = await makeTaskRun(app, { flow_run_id: run.id, state: { type: "PENDING" }, task_key: "k" });
      expect(task).toMatchObject({ state_type: "CRASHED", state_name: "Crashed" });
      expect(task.state?.message).toMatch(/^The flow run had ended \(\w+\) before this run was created\.$/);
      for (const state of ["SCHEDULED", "PENDING", "RUNNING"] as const) {
        const name = state === "SCHEDULED" ? "AwaitingRetry" : null;
        await propose(app, "flow_runs", run.id, { type: state, name }, { force: type === "CANCELLED" });
      }
      const again = await makeTaskRun(app, { flow_run_id: run.id, state: { type: "PENDING" }, task_key: "k" });
      expect(again.id).toBe(task.id);
      expect(brief(await propose(app, "task_runs", task.id, { type: "RUNNING" }))).toBe("ACCEPT RUNNING/Retrying");
    });
  }
  test("a task run that has ended itself is stored as it is", async () => {
    const run = await makeFlowRun(app, { state: { type: "COMPLETED" } });
    expect(await makeTaskRun(app, { flow_run_id: run.id, state: { type: "COMPLETED" } })).toMatchObject({
      state_type: "COMPLETED",
    });
  });
  test("a subflow: CRASHED. A run of a deployment goes its own way", async () => {
    const parent = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const [standIn, other] = [
      await makeTaskRun(app, { flow_run_id: parent.id }),
      await makeTaskRun(app, { flow_run_id: parent.id }),
    ];
    await propose(app, "flow_runs", parent.id, { type: "CRASHED" });
    const subflow = await makeFlowRun(app, { parent_task_run_id: standIn.id, state: { type: "PENDING" } });
    expect(subflow.state_type).toBe("CRASHED");
    const { id, flow_id } = await makeDeployment(app);
    const fields = { deployment_id: id, flow_id, parent_task_run_id: other.id };
    expect((await makeFlowRun(app, { ...fields, state: { type: "SCHEDULED" } })).state_type).toBe("SCHEDULED");
  });
});

describe("a database that came back from a copy: an execution is further than its run", () => {
  const createTask = (id: string, token: string) =>
    app.send("POST", "/task_runs/", { flow_run_id: id, task_key: "t", dynamic_key: "0" }, by(id, token).headers);

  test("whose claim is not in the copy: the run is running, and this execution's", async () => {
    const run = await scheduledRun();
    const task = await createTask(run.id, FIRST);
    expect(task.status).toBe(201);
    const found = await flowRun(app, run.id);
    expect([found.state_type, found.state?.message]).toEqual([
      "RUNNING",
      "It ran already: its start was not in the copy that the server's database was restored from.",
    ]);
    expect(await propose(app, "task_runs", (task.body as { id: string }).id, { type: "RUNNING" })).toMatchObject({
      status: "ACCEPT",
    });
    expect(await createTask(run.id, SECOND)).toEqual(refusal(run, `${OTHER} Running now.`));
  });

  test("whose start is not in the copy: the run is running", async () => {
    const run = await scheduledRun();
    await propose(app, "flow_runs", run.id, { type: "PENDING" }, by(run.id, FIRST));
    expect((await createTask(run.id, FIRST)).status).toBe(201);
    expect((await flowRun(app, run.id)).state_type).toBe("RUNNING");
  });

  test("a run that has ended, or that another has claimed, stays as it is", async () => {
    const ended = await begunRun();
    await proposed(ended.id, { type: "COMPLETED" }, FIRST);
    await createTask(ended.id, FIRST);
    expect((await flowRun(app, ended.id)).state_type).toBe("COMPLETED");
    const claimed = await scheduledRun();
    await propose(app, "flow_runs", claimed.id, { type: "PENDING" }, by(claimed.id, SECOND));
    expect(await createTask(claimed.id, FIRST)).toEqual(refusal(claimed, `${OTHER} Pending now.`));
    expect((await flowRun(app, claimed.id)).state_type).toBe("PENDING");
  });
});
