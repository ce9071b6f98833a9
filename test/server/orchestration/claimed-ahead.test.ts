// A schedule that is paused, removed or changed: no run of it begins that was not due before, also when an agent has claimed it.
import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Deployment } from "#wire/deployments/deployments.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment } from "../../factory.ts";

const MINUTELY = { interval: 60, anchor_date: "2026-11-23T00:00:00+00:00", timezone: "UTC" };

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

async function runsOf(deployment: Deployment): Promise<FlowRun[]> {
  const deployments = { id: { any_: [deployment.id] } };
  return (await app.send("POST", "/flow_runs/filter", { deployments, sort: "EXPECTED_START_TIME_ASC" })).body;
}

const read = async (id: string): Promise<FlowRun> => (await app.send("GET", `/flow_runs/${id}`)).body;
const propose = async (id: string, type: string) =>
  (await app.send("POST", `/flow_runs/${id}/set_state`, { state: { type } })).body as { status: string };

/** Its first run is due now and the second in a minute: both are claimed. */
async function claimedBoth() {
  const deployment = await makeDeployment(app, { schedule: MINUTELY });
  await app.send("POST", `/deployments/${deployment.id}/schedule`, { max_runs: 4 });
  const [due, ahead] = await runsOf(deployment);
  if (!due || !ahead) throw new Error("the scheduler made no runs");
  for (const { id } of [due, ahead]) expect((await propose(id, "PENDING")).status).toBe("ACCEPT");
  return { deployment, due, ahead };
}

const patch = ({ id }: Deployment, body: object) => app.send("PATCH", `/deployments/${id}`, body);
const post = ({ id }: Deployment, path: string) => app.send("POST", `/deployments/${id}/${path}`);
const upsert = ({ name, flow_id }: Deployment, body: object) =>
  app.send("POST", "/deployments/", { name, flow_id, ...body });
async function oneSchedule(deployment: Deployment, method: string, body?: object) {
  const { body: schedules } = await app.send("GET", `/deployments/${deployment.id}/schedules`);
  const [{ id }] = schedules as [{ id: string }];
  return app.send(method, `/deployments/${deployment.id}/schedules/${id}`, body);
}
const bulk = ({ id }: Deployment, action: string) => app.send("POST", "/orch/deployments/bulk", { action, ids: [id] });

test.each<[string, string, (deployment: Deployment) => Promise<unknown>]>([
  ["paused", "its schedule was paused", (one) => post(one, "set_schedule_inactive")],
  ["paused by later clients", "its schedule was paused", (one) => post(one, "pause_deployment")],
  ["paused by PATCH", "its schedule was paused", (one) => patch(one, { is_schedule_active: false })],
  ["paused by an upsert", "its schedule was paused", (one) => upsert(one, { schedule: MINUTELY, paused: true })],
  ["paused alone", "its schedule was paused", (one) => oneSchedule(one, "PATCH", { active: false })],
  ["removed by PATCH", "its schedule was removed", (one) => patch(one, { schedule: null })],
  ["removed by an upsert", "its schedule was removed", (one) => upsert(one, {})],
  ["removed alone", "its schedule was removed", (one) => oneSchedule(one, "DELETE")],
  ["changed", "its schedule was changed", (one) => patch(one, { schedule: { ...MINUTELY, interval: 90 } })],
  ["deleted with its deployment", "its deployment was deleted", (one) => app.send("DELETE", `/deployments/${one.id}`)],
  ["paused with others", "its schedule was paused", (one) => bulk(one, "pause")],
  ["deleted with others", "its deployment was deleted", (one) => bulk(one, "delete")],
])("a schedule that is %s skips what was claimed before its time", async (_, why, change) => {
  const { deployment, due, ahead } = await claimedBoth();
  await change(deployment);
  const { state } = await read(ahead.id);
  expect(state).toMatchObject({
    type: "CANCELLED",
    name: "Skipped",
    message: `Skipped: ${why} before its start time.`,
  });
  app.clock.advance(60);
  expect((await propose(ahead.id, "RUNNING")).status).toBe("ABORT");
  // It was due: for people it has begun.
  expect((await propose(due.id, "RUNNING")).status).toBe("ACCEPT");
  expect((await runsOf(deployment)).filter(({ state_type }) => state_type === "SCHEDULED")).toEqual([]);
});

test("a change that leaves the schedule alone leaves what was claimed alone", async () => {
  const { deployment, ahead } = await claimedBoth();
  await patch(deployment, { description: "new words" });
  await upsert(deployment, { schedule: MINUTELY });
  expect((await read(ahead.id)).state_type).toBe("PENDING");
});

test("a run that was made by hand begins although the schedule was paused", async () => {
  const { deployment } = await claimedBoth();
  const scheduled_time = new Date(app.clock.now() + 30_000).toISOString();
  const state = { type: "SCHEDULED", state_details: { scheduled_time } };
  const { id } = (await app.send("POST", `/deployments/${deployment.id}/create_flow_run`, { state })).body as FlowRun;
  await propose(id, "PENDING");
  await post(deployment, "set_schedule_inactive");
  app.clock.advance(30);
  expect((await propose(id, "RUNNING")).status).toBe("ACCEPT");
});

test("runs of other deployments stay claimed", async () => {
  const { deployment } = await claimedBoth();
  const other = await claimedBoth();
  await post(deployment, "set_schedule_inactive");
  expect((await read(other.ahead.id)).state_type).toBe("PENDING");
});

test("a schedule that is resumed before the time makes the run again", async () => {
  const { deployment, ahead } = await claimedBoth();
  await post(deployment, "set_schedule_inactive");
  await post(deployment, "set_schedule_active");
  await post(deployment, "schedule");
  const again = (await runsOf(deployment)).filter((run) => run.expected_start_time === ahead.expected_start_time);
  expect(again.map(({ state_name }) => state_name).toSorted()).toEqual(["Scheduled", "Skipped"]);
});
