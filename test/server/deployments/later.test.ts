// Deployments as clients of Prefect 2.11 to 2.20 send and read them, and what a client of 2.10 sees of them.
import { afterEach, describe, expect, test } from "bun:test";
import type { DeploymentSchedule } from "#wire/deployments/deployment-schedules.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeFlow } from "../../factory.ts";

type Later = Deployment & { schedules: DeploymentSchedule[]; paused: boolean; job_variables: object };

const NEW = { "user-agent": "prefect/2.20.27 (API 0.8.4)", "x-prefect-api-version": "0.8.4" };
/** Of 2.10 as of 2.16: they do not say which. */
const UNSAID = { "user-agent": "python-httpx/0.27.0", "x-prefect-api-version": "0.8.4" };
const DAILY = { cron: "0 5 * * *", timezone: "UTC", day_or: true };
const HOURLY = { interval: 3600, anchor_date: "2026-01-01T00:00:00+00:00", timezone: "UTC" };

const apps: TestApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function setup(fields: object = {}) {
  const app = testApp({ services: false });
  apps.push(app);
  const flow = await makeFlow(app);
  const create = (more: object = {}) =>
    app.send("POST", "/deployments/", { name: "d", flow_id: flow.id, ...fields, ...more }, NEW);
  const { id }: Deployment = (await create()).body;
  const read = async (headers?: Record<string, string>): Promise<Later> =>
    (await app.send("GET", `/deployments/${id}`, undefined, headers)).body;
  const send = (method: string, path: string, body?: unknown) => app.send(method, `/deployments/${id}${path}`, body);
  const dues = async () => {
    await send("POST", "/schedule", { max_runs: 3 });
    const runs: FlowRun[] = (await app.send("POST", "/flow_runs/filter", { sort: "EXPECTED_START_TIME_ASC" })).body;
    return runs.map(({ expected_start_time }) => expected_start_time?.slice(0, 16));
  };
  return { app, id, flow, create, read, send, dues };
}

describe("a deployment of a later client", () => {
  test("has its fields for those who know them, and 2.10's alone for all others", async () => {
    const { read } = await setup({
      schedules: [{ schedule: DAILY, active: true }],
      job_variables: { env: { A: "1" } },
      enforce_parameter_schema: true,
      parameter_openapi_schema: { type: "object", properties: {} },
    });
    const later = await read(NEW);
    expect(later).toMatchObject({ paused: false, enforce_parameter_schema: true, job_variables: { env: { A: "1" } } });
    expect(later.schedules).toMatchObject([{ schedule: DAILY, active: true, deployment_id: later.id }]);
    expect(await read(UNSAID)).toEqual(later);
    const { schedules, paused, job_variables, ...plain } = later;
    const { enforce_parameter_schema, ...old } = plain as typeof plain & { enforce_parameter_schema: boolean };
    expect(await read()).toEqual(old as Later);
    expect(old).toMatchObject({ schedule: DAILY, is_schedule_active: true, infra_overrides: { env: { A: "1" } } });
  });

  test("has what each release knows and no more", async () => {
    const { read } = await setup({ schedules: [{ schedule: DAILY }] });
    const names = (deployment: object) =>
      Object.keys(deployment).filter((name) => /^(schedules|paused|job_variables|enforce)/.test(name));
    const of = async (release: string) => names(await read({ "user-agent": `prefect/${release}` }));
    expect(await of("2.13.8")).toEqual(["enforce_parameter_schema"]);
    expect(await of("2.16.9")).toEqual(["enforce_parameter_schema", "paused", "schedules"]);
    expect(await of("2.18.3")).toEqual(["enforce_parameter_schema", "paused", "schedules", "job_variables"]);
    expect(await of("3.1.0")).toHaveLength(4);
  });

  test("is 2.10's again once a client of 2.10 has overwritten it", async () => {
    const { app, flow, read } = await setup({ schedules: [{ schedule: DAILY }], paused: true });
    await app.send("POST", "/deployments/", { name: "d", flow_id: flow.id, schedule: HOURLY });
    expect(Object.keys(await read(UNSAID))).toEqual(Object.keys(await read()));
    expect((await read(NEW)).schedules).toMatchObject([{ schedule: HOURLY, active: true }]);
  });

  test("is refused with the place of a schedule that is none", async () => {
    const { create } = await setup();
    const answer = await create({ schedules: [{ schedule: DAILY }, { schedule: { cron: "whenever" } }] });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain('"schedules",1,"schedule","cron"');
  });
});

describe("several schedules", () => {
  const two = { schedules: [{ schedule: DAILY }, { schedule: HOURLY }] };

  test("make runs together, one where they meet", async () => {
    const { dues } = await setup(two);
    const found = await dues();
    expect(new Set(found).size).toBe(found.length);
    expect(found.filter((due) => due?.endsWith("T05:00"))).toHaveLength(3);
    expect(found.length).toBeGreaterThanOrEqual(5);
  });

  test("are added, changed and taken away one by one", async () => {
    const { send } = await setup();
    const added = await send("POST", "/schedules", [{ schedule: DAILY, active: false }, { schedule: HOURLY }]);
    expect(added.status).toBe(201);
    const [daily, hourly]: DeploymentSchedule[] = added.body;
    expect((await send("PATCH", `/schedules/${daily?.id}`, { active: true, schedule: null })).status).toBe(204);
    expect((await send("DELETE", `/schedules/${hourly?.id}`)).status).toBe(204);
    const left: DeploymentSchedule[] = (await send("GET", "/schedules")).body;
    expect(left).toMatchObject([{ id: daily?.id ?? "", schedule: DAILY, active: true }]);
    expect((await send("DELETE", `/schedules/${hourly?.id}`)).status).toBe(404);
    expect((await send("PATCH", "/schedules/none", { active: true })).status).toBe(404);
  });

  test("one that is switched off makes no runs", async () => {
    const { dues } = await setup({ schedules: [{ schedule: DAILY }, { schedule: HOURLY, active: false }] });
    const found = await dues();
    expect(found.length).toBe(3);
    expect(found.every((due) => due?.endsWith("T05:00"))).toBe(true);
  });

  test("a client of 2.10 sees the first that makes runs, and may send it back", async () => {
    const { send, read } = await setup({ schedules: [{ schedule: HOURLY, active: false }, { schedule: DAILY }] });
    const { schedule } = await read();
    expect(schedule).toEqual(DAILY);
    const answer = await send("PATCH", "", { schedule, is_schedule_active: false, description: "x" });
    expect(answer.status).toBe(204);
    expect(await read(NEW)).toMatchObject({ paused: true, description: "x", schedules: [{}, {}] });
  });

  test("a client of 2.10 cannot set another: it would not know which", async () => {
    const { send, read } = await setup(two);
    const answer = await send("PATCH", "", { schedule: { ...HOURLY, interval: 60 } });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain("it has 2 schedules");
    expect((await read(NEW)).schedules).toHaveLength(2);
  });

  test("the routes of 2.10 pause and resume them all", async () => {
    const { send, read, dues } = await setup(two);
    await send("POST", "/set_schedule_inactive");
    expect(await read()).toMatchObject({ is_schedule_active: false });
    expect(await dues()).toEqual([]);
    await send("POST", "/set_schedule_active");
    expect(await read(NEW)).toMatchObject({ is_schedule_active: true, paused: false });
    expect((await dues()).length).toBeGreaterThan(3);
  });

  test("a deployment whose only schedule is off is switched on by the routes of 2.10", async () => {
    const { send, read } = await setup({ schedules: [{ schedule: DAILY, active: false }] });
    expect(await read()).toMatchObject({ is_schedule_active: false });
    await send("POST", "/set_schedule_active");
    expect((await read(NEW)).schedules).toMatchObject([{ active: true }]);
  });
});

describe("an enforced schema of parameters", () => {
  const schema = {
    type: "object",
    properties: { n: { type: "integer" }, who: { $ref: "#/definitions/Who" } },
    required: ["n"],
    definitions: { Who: { type: "string", enum: ["a", "b"] } },
  };
  const enforced = { enforce_parameter_schema: true, parameter_openapi_schema: schema };
  const runs: [title: string, body: object, status: number, sentence: string][] = [
    ["a fitting run", { parameters: { n: 1, who: "a" } }, 201, ""],
    ["null for what is not required", { parameters: { n: 1, who: null } }, 201, ""],
    ["another type", { parameters: { n: "x" } }, 409, "parameters.n must be of type integer"],
    ["another word", { parameters: { n: 1, who: "c" } }, 409, "parameters.who must be one of"],
    ["a missing parameter", {}, 409, "parameters.n is required"],
    ["a run that asks not to be checked", { parameters: { n: "x" }, enforce_parameter_schema: false }, 201, ""],
  ];
  for (const [title, body, status, sentence] of runs) {
    test(`${title}: ${status}`, async () => {
      const { send } = await setup(enforced);
      const answer = await send("POST", "/create_flow_run", body);
      expect(answer.status).toBe(status);
      expect(JSON.stringify(answer.body)).toContain(sentence);
    });
  }

  test("refuses a deployment and a change of one, whose parameters need not be complete", async () => {
    const { create, send } = await setup(enforced);
    expect((await create({ parameters: { n: [] } })).status).toBe(422);
    expect((await create({ parameters: {} })).status).toBe(200);
    expect((await send("PATCH", "", { parameters: { n: "x" } })).status).toBe(409);
    expect((await send("PATCH", "", { parameters: { n: 2 } })).status).toBe(204);
    expect((await send("PATCH", "", { enforce_parameter_schema: false, parameters: { n: "x" } })).status).toBe(204);
  });
});

test("a run has the job variables and the queue that were asked for it", async () => {
  const { app, send } = await setup({ work_queue_name: "usual" });
  const made = await send("POST", "/create_flow_run", { job_variables: { env: {} }, work_queue_name: "urgent" });
  const run: FlowRun = made.body;
  expect(run.work_queue_name).toBe("urgent");
  expect(run).not.toHaveProperty("job_variables");
  const later = await app.send("GET", `/flow_runs/${run.id}`, undefined, UNSAID);
  expect(later.body).toMatchObject({ job_variables: { env: {} } });
  const due = await app.send("POST", "/deployments/get_scheduled_flow_runs", { deployment_ids: [run.deployment_id] });
  expect(due.body).toMatchObject([{ id: run.id }]);
});

test("R3: a deployment has at most 100 schedules", async () => {
  const { send, read } = await setup();
  const hourly = { schedule: HOURLY, active: true };
  expect((await send("POST", "/schedules", Array(99).fill(hourly))).status).toBeLessThan(300);
  expect((await send("POST", "/schedules", [hourly])).status).toBeLessThan(300);
  const full = await send("POST", "/schedules", [hourly]);
  expect(full).toMatchObject({ status: 422, body: { detail: "A deployment has at most 100 schedules, not 101." } });
  expect((await read(NEW)).schedules).toHaveLength(100);
});

test("R3: rules that are sent together share the steps of one", async () => {
  const { send } = await setup();
  const costly = "DTSTART:20190101T000000\nRRULE:FREQ=SECONDLY;BYHOUR=3;COUNT=50000";
  const one = { schedule: { rrule: costly, timezone: "UTC" }, active: true };
  expect((await send("POST", "/schedules", [one])).status).toBeLessThan(300);
  const many = await send("POST", "/schedules", Array(50).fill(one));
  expect([many.status, JSON.stringify(many.body)]).toEqual([
    422,
    expect.stringContaining("The schedule is too costly"),
  ]);
});
