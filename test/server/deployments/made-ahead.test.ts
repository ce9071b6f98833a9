// D10: runs that were made ahead of time stay when a deployment changes, unless its schedule is what changes.
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

async function runs(): Promise<FlowRun[]> {
  return (await app.send("POST", "/flow_runs/filter", { sort: "EXPECTED_START_TIME_ASC" })).body;
}

const ids = (list: readonly FlowRun[]) => list.map(({ id }) => id);

/** Of four runs one is late by two minutes, one due by one, one due now, one not due yet. */
async function withRuns(fields: object = {}) {
  const schedule = "schedule" in fields ? fields.schedule : MINUTELY;
  const deployment = await makeDeployment(app, {
    parameters: { n: 1 },
    tags: ["old"],
    ...fields,
    schedule: schedule as typeof MINUTELY,
  });
  await app.send("POST", `/deployments/${deployment.id}/schedule`, { max_runs: 4 });
  app.clock.advance(120);
  return { deployment, before: await runs() };
}

const patch = ({ id }: Deployment, body: object) => app.send("PATCH", `/deployments/${id}`, body);
const upsert = ({ name, flow_id }: Deployment, body: object) =>
  app.send("POST", "/deployments/", { name, flow_id, ...body });

test("D10: a PATCH that leaves the schedule alone keeps late, due and coming runs", async () => {
  const { deployment, before } = await withRuns();
  expect(before).toHaveLength(4);
  expect((await patch(deployment, { description: "new words" })).status).toBe(204);
  expect(ids(await runs())).toEqual(ids(before));
});

test("D10: so does an upsert, and one without an anchor, which is filled in again each time", async () => {
  const schedule = { interval: 60, timezone: "UTC" };
  const { deployment, before } = await withRuns({ schedule });
  await upsert(deployment, { schedule });
  expect(ids(await runs())).toEqual(ids(before));
  await upsert(deployment, { schedule: deployment.schedule });
  expect(ids(await runs())).toEqual(ids(before));
});

test("D10: the runs that stay have the new parameters, tags and queue", async () => {
  const { deployment, before } = await withRuns({ work_queue_name: "one" });
  await upsert(deployment, { schedule: MINUTELY, parameters: { n: 2 }, tags: ["new"], work_queue_name: "two" });
  const after = await runs();
  expect(ids(after)).toEqual(ids(before));
  for (const run of after) {
    expect(run).toMatchObject({ parameters: { n: 2 }, tags: ["auto-scheduled", "new"], work_queue_name: "two" });
  }
  const { body } = await app.send("POST", "/work_queues/filter", {});
  const { id } = (body as { id: string; name: string }[]).find(({ name }) => name === "two") ?? { id: "" };
  expect(ids((await app.send("POST", `/work_queues/${id}/get_runs`, {})).body)).toEqual(ids(before));
});

test("D10: a run that has begun keeps what it began with", async () => {
  const { deployment, before } = await withRuns();
  const [first] = before;
  for (const state of [{ type: "PENDING" }, { type: "RUNNING" }, { type: "SCHEDULED", name: "AwaitingRetry" }]) {
    await app.send("POST", `/flow_runs/${first?.id}/set_state`, { state, force: true });
  }
  await patch(deployment, { parameters: { n: 2 } });
  expect((await runs()).find(({ id }) => id === first?.id)?.parameters).toEqual({ n: 1 });
  await patch(deployment, { schedule: { ...MINUTELY, interval: 120 } });
  expect(ids(await runs())).toEqual([first?.id ?? ""]);
});

test.each<[string, (deployment: Deployment) => Promise<unknown>]>([
  ["another interval", (one) => patch(one, { schedule: { ...MINUTELY, interval: 90 } })],
  ["another zone", (one) => upsert(one, { schedule: { ...MINUTELY, timezone: "Europe/Vienna" } })],
  ["another anchor", (one) => upsert(one, { schedule: { ...MINUTELY, anchor_date: "2026-11-23T00:00:30+00:00" } })],
  ["another kind", (one) => upsert(one, { schedule: { cron: "* * * * *" } })],
  ["no schedule", (one) => upsert(one, {})],
  ["no schedule by PATCH", (one) => patch(one, { schedule: null })],
  ["a schedule that is switched off", (one) => patch(one, { is_schedule_active: false })],
  ["a paused deployment", (one) => app.send("POST", `/deployments/${one.id}/set_schedule_inactive`)],
])("D10: %s takes the runs away that have not begun", async (_, change) => {
  const { deployment } = await withRuns();
  await change(deployment);
  expect(await runs()).toEqual([]);
});

test("D10: the schedules of later clients count by what they say, not by their ids", async () => {
  const { deployment, before } = await withRuns();
  await patch(deployment, { schedules: [{ schedule: MINUTELY, active: true }] });
  expect(ids(await runs())).toEqual(ids(before));
  const { body } = await app.send("GET", `/deployments/${deployment.id}/schedules`);
  const [schedule] = body as { id: string }[];
  await app.send("PATCH", `/deployments/${deployment.id}/schedules/${schedule?.id}`, { catchup: true });
  expect(ids(await runs())).toEqual(ids(before));
  await app.send("PATCH", `/deployments/${deployment.id}/schedules/${schedule?.id}`, { active: false });
  expect(await runs()).toEqual([]);
});
