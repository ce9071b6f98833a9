// A cancelled run takes along what it left under way, down to the grandchildren.
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { cancelledWithOpenParts } from "#server/flow-runs/store.ts";
import { createCancellations } from "#server/loops/cancellations.ts";
import type { StateType } from "#wire/runs/states.ts";
import { testApp } from "../../app.ts";
import { makeDeployment, makeFlowRun, makeTaskRun } from "../../factory.ts";
import { plansOf } from "../plans.ts";
import { brief, flowRun, propose, taskRun } from "../proposals.ts";
import { settle } from "../work-queues/work.ts";

const app = testApp();
const cancellations = createCancellations(app.app.context);
afterAll(async () => {
  await cancellations.stop();
  await app.close();
});
// Whatever an earlier test left.
beforeEach(() => cancellations.runOnce());

const RUNNING = { state: { type: "RUNNING" as const } };
const MESSAGE = "The parent flow run was cancelled.";
const typeOf = async ({ id }: { id: string }) => (await flowRun(app, id)).state_type;

/** A subflow in the parent's process. */
async function subflow(parent: { id: string }) {
  const standIn = await makeTaskRun(app, { flow_run_id: parent.id, ...RUNNING });
  return { ...(await makeFlowRun(app, { parent_task_run_id: standIn.id, ...RUNNING })), standIn: standIn.id };
}

/** A run of a deployment that a task of the parent made and waits for. */
async function deployed(parent: { id: string }, type: StateType = "RUNNING") {
  const { id: deployment_id, flow_id } = await makeDeployment(app, { work_queue_name: "test" });
  const standIn = await makeTaskRun(app, { flow_run_id: parent.id, ...RUNNING });
  const fields = { flow_id, deployment_id, parent_task_run_id: standIn.id, state: { type } };
  return makeFlowRun(app, fields);
}

const cancel = ({ id }: { id: string }, type: StateType = "CANCELLED") =>
  propose(app, "flow_runs", id, { type }, { force: type === "CANCELLED" });

describe("with a run that was cancelled", () => {
  test("end its tasks, its subflows, theirs, and the tasks of those", async () => {
    const parent = await makeFlowRun(app, RUNNING);
    const child = await subflow(parent);
    const grandchild = await subflow(child);
    const tasks = await Promise.all(
      [parent, child, grandchild].map(({ id }) => makeTaskRun(app, { flow_run_id: id, ...RUNNING })),
    );
    const done = await makeTaskRun(app, { flow_run_id: parent.id, state: { type: "COMPLETED" } });
    await cancel(parent);
    while ((await cancellations.runOnce()) > 0);
    for (const { id } of [child, grandchild]) {
      expect((await flowRun(app, id)).state).toMatchObject({ type: "CANCELLED", name: "Cancelled", message: MESSAGE });
    }
    for (const id of [...tasks.map((task) => task.id), child.standIn, grandchild.standIn]) {
      expect((await taskRun(app, id)).state).toMatchObject({ type: "CANCELLED", message: MESSAGE });
    }
    expect((await taskRun(app, done.id)).state_type).toBe("COMPLETED");
  });

  test("end more tasks than one batch", async () => {
    const parent = await makeFlowRun(app, RUNNING);
    const tasks = [];
    for (let n = 0; n < 201; n += 1) tasks.push(await makeTaskRun(app, { flow_run_id: parent.id, ...RUNNING }));
    await cancel(parent);
    expect(await cancellations.runOnce()).toBe(1);
    const left = await app.db.read((q) =>
      q.all("select id from task_run where flow_run_id = ? and state_type = 'RUNNING'", parent.id),
    );
    expect(left).toEqual([]);
  });

  test("its runs of deployments are to be cancelled by their agents, or are when nobody has them yet", async () => {
    const parent = await makeFlowRun(app, RUNNING);
    const [running, waiting] = [await deployed(parent), await deployed(parent, "SCHEDULED")];
    await cancel(parent);
    await cancellations.runOnce();
    expect([await typeOf(running), await typeOf(waiting)]).toEqual(["CANCELLING", "CANCELLED"]);
    expect(await cancellations.runOnce()).toBe(0);
  });

  test("what was cancelled more than a day ago is left as it is", async () => {
    const parent = await makeFlowRun(app, RUNNING);
    const child = await subflow(parent);
    await cancel(parent);
    app.clock.advance(86_401);
    expect(await cancellations.runOnce()).toBe(0);
    expect(await typeOf(child)).toBe("RUNNING");
  });

  test("runs that ended otherwise keep their parts", async () => {
    const parent = await makeFlowRun(app, RUNNING);
    const child = await subflow(parent);
    await propose(app, "flow_runs", parent.id, { type: "FAILED" }, { force: true });
    expect(await cancellations.runOnce()).toBe(0);
    expect(await typeOf(child)).toBe("RUNNING");
  });
});

test("with a run that is to be cancelled, so are its descendants at once: what they report of their end does not count", async () => {
  const parent = await makeFlowRun(app, RUNNING);
  const child = await subflow(parent);
  const grandchild = await subflow(child);
  const [made, task] = [await deployed(child), await makeTaskRun(app, { flow_run_id: grandchild.id, ...RUNNING })];
  await cancel(parent, "CANCELLING");
  expect(await Promise.all([child, grandchild, made].map(typeOf))).toEqual(["CANCELLING", "CANCELLING", "CANCELLING"]);
  const crash = async (kind: "flow_runs" | "task_runs", { id }: { id: string }) =>
    brief(await propose(app, kind, id, { type: "CRASHED" }));
  expect(await crash("task_runs", task)).toBe("REJECT CANCELLED/Cancelled");
  expect(await crash("flow_runs", grandchild)).toBe("REJECT CANCELLED/Cancelled");
  expect(await crash("flow_runs", made)).toBe("REJECT CANCELLING/Cancelling");
});

test("a subflow that is cancelled alone is Cancelled when its function is over, whatever came of it", async () => {
  for (const type of ["COMPLETED", "FAILED", "CRASHED"] as const) {
    const child = await subflow(await makeFlowRun(app, RUNNING));
    await propose(app, "flow_runs", child.id, { type: "CANCELLING", message: "By hand." });
    expect(brief(await propose(app, "flow_runs", child.id, { type: "RUNNING" }))).toBe("REJECT CANCELLING/Cancelling");
    expect(brief(await propose(app, "flow_runs", child.id, { type }))).toBe("REJECT CANCELLED/Cancelled");
    expect((await flowRun(app, child.id)).state?.message).toBe("By hand.");
    expect((await taskRun(app, child.standIn)).state_type).toBe("CANCELLED");
  }
});

test("a crash of a task counts as one when nobody cancelled its flow", async () => {
  const task = await makeTaskRun(app, RUNNING);
  expect(brief(await propose(app, "task_runs", task.id, { type: "CRASHED" }))).toBe("ACCEPT CRASHED/Crashed");
});

test("the loop is woken by a cancellation, without any time passing", async () => {
  const loop = createCancellations(app.app.context);
  loop.start();
  const parent = await makeFlowRun(app, RUNNING);
  const child = await subflow(parent);
  await cancel(parent);
  await settle();
  expect(await typeOf(child)).toBe("CANCELLED");
  await loop.stop();
});

test("the look reads the runs that ended lately, not all", async () => {
  const plans = await plansOf(app, (q) => cancelledWithOpenParts(q, "2026", ""));
  expect(plans.join()).toMatch(/SEARCH flow_run USING (COVERING )?INDEX flow_run_end /);
});
