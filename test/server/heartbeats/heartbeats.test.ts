// Heartbeats: which are kept, and when those of an earlier agent of a run are void.
import { afterAll, describe, expect, test } from "bun:test";
import { silentRuns } from "#server/heartbeats/store.ts";
import { HEARTBEAT_HEADER, sendHeartbeats } from "#wire/runs/heartbeats.ts";
import type { StateType } from "#wire/runs/states.ts";
import { testApp } from "../../app.ts";
import { makeDeployment, makeFlowRun } from "../../factory.ts";
import { inSeconds, propose } from "../proposals.ts";

const app = testApp();
afterAll(() => app.close());

const UNKNOWN = "00000000-0000-4000-8000-000000000000";

const beat = (...flow_run_ids: string[]) => app.call(sendHeartbeats, { body: { flow_run_ids } });
const lastSeen = (id: string) =>
  app.db.read(
    (q) => q.get<{ last_seen: string }>("select last_seen from heartbeat where flow_run_id = ?", id)?.last_seen,
  );

test("a heartbeat is answered with nothing, and the newest counts", async () => {
  const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
  expect(await app.send("POST", "/orch/heartbeats", { flow_run_ids: [run.id] })).toEqual({
    status: 204,
    body: null as never,
  });
  app.clock.advance(5);
  await beat(run.id);
  expect(await lastSeen(run.id)).toBe(inSeconds(app, 0));
});

test("an unknown run among others is passed over", async () => {
  const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
  await beat(UNKNOWN, run.id);
  expect(await lastSeen(run.id)).toBe(inSeconds(app, 0));
  expect(await lastSeen(UNKNOWN)).toBeUndefined();
});

const kept: [type: StateType, kept: boolean][] = [
  ["SCHEDULED", true],
  ["PENDING", true],
  ["RUNNING", true],
  ["PAUSED", true],
  ["CANCELLING", true],
  ["COMPLETED", false],
  ["FAILED", false],
  ["CRASHED", false],
  ["CANCELLED", false],
];
for (const [type, wanted] of kept) {
  test(`the heartbeat of a ${type} run is ${wanted ? "kept" : "too late"}`, async () => {
    const run = await makeFlowRun(app, { state: { type } });
    await beat(run.id);
    expect((await lastSeen(run.id)) !== undefined).toBe(wanted);
  });
}

test("who claims a run and says so looks after it from that moment", async () => {
  const run = await makeFlowRun(app, { state: { type: "SCHEDULED" } });
  await propose(app, "flow_runs", run.id, { type: "PENDING" }, { headers: { [HEARTBEAT_HEADER]: "1" } });
  expect(await lastSeen(run.id)).toBe(inSeconds(app, 0));
});

test("who loses a claim does not", async () => {
  const run = await makeFlowRun(app, { state: { type: "PENDING" } });
  await propose(app, "flow_runs", run.id, { type: "PENDING" }, { headers: { [HEARTBEAT_HEADER]: "1" } });
  expect(await lastSeen(run.id)).toBeUndefined();
});

test("a run that a client without heartbeats claims is left alone from then on", async () => {
  const run = await makeFlowRun(app, { state: { type: "SCHEDULED" } });
  await beat(run.id);
  await propose(app, "flow_runs", run.id, { type: "PENDING" });
  expect(await lastSeen(run.id)).toBeUndefined();
});

test("a run that retries in its process is still looked after", async () => {
  const run = await makeFlowRun(app, { state: { type: "RUNNING" }, empirical_policy: { retries: 1 } });
  await beat(run.id);
  await propose(app, "flow_runs", run.id, { type: "FAILED" });
  await propose(app, "flow_runs", run.id, { type: "RUNNING" });
  expect(await lastSeen(run.id)).toBe(inSeconds(app, 0));
});

for (const end of ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"] as const) {
  test(`a run that ends ${end} needs no more heartbeats`, async () => {
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    await beat(run.id);
    await propose(app, "flow_runs", run.id, { type: end });
    expect(await lastSeen(run.id)).toBeUndefined();
  });
}

test("a deleted run takes its heartbeats along", async () => {
  const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
  await beat(run.id);
  await app.send("DELETE", `/flow_runs/${run.id}`);
  expect(await lastSeen(run.id)).toBeUndefined();
});

describe("silent runs", () => {
  const silent = (limit = 100) => app.db.read((q) => silentRuns(q, inSeconds(app, -10), limit));

  const cases: [type: StateType, ofDeployment: boolean, missed: boolean][] = [
    ["PENDING", true, true],
    ["RUNNING", true, true],
    ["CANCELLING", true, true],
    ["SCHEDULED", true, false],
    ["PAUSED", true, false],
    ["SCHEDULED", false, true],
    ["PAUSED", false, true],
  ];
  for (const [type, ofDeployment, missed] of cases) {
    test(`${missed ? "are" : "are not"} those ${type} ${ofDeployment ? "of a deployment" : "without one"}`, async () => {
      const { id, flow_id } = await makeDeployment(app);
      const run = await makeFlowRun(app, ofDeployment ? { deployment_id: id, flow_id } : {});
      // The heartbeat comes after the claim, which voids older ones.
      await propose(app, "flow_runs", run.id, { type }, { force: true });
      await beat(run.id);
      app.clock.advance(10);
      expect(await silent()).not.toContain(run.id);
      app.clock.advance(0.001);
      expect((await silent()).includes(run.id)).toBe(missed);
    });
  }

  test("come longest silent first, no more than asked for", async () => {
    const runs = [await makeFlowRun(app), await makeFlowRun(app), await makeFlowRun(app)];
    for (const run of runs.toReversed()) {
      await beat(run.id);
      app.clock.advance(1);
    }
    app.clock.advance(20);
    const ours = (await silent()).filter((id) => runs.some((run) => run.id === id));
    expect(ours).toEqual(runs.map(({ id }) => id).toReversed());
    expect((await silent(2)).length).toBe(2);
  });
});
