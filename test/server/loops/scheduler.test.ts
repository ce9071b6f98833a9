import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createRecentDeploymentsScheduler, createScheduler } from "#server/loops/scheduler.ts";
import {
  deleteDeployment,
  scheduleDeployment,
  setScheduleActive,
  setScheduleInactive,
  updateDeployment,
} from "#wire/deployments/deployments.ts";
import type { ScheduleInput } from "#wire/deployments/schedules.ts";
import { readFlowRun } from "#wire/runs/flow-runs.ts";
import { listFlowRunStates } from "#wire/runs/states.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

interface Row {
  id: string;
  idempotency_key: string;
  next_scheduled_start_time: string;
}

function runs(): Promise<Row[]> {
  const sql = `select id, idempotency_key, next_scheduled_start_time from flow_run order by next_scheduled_start_time, id`;
  return app.db.read((q) => q.all<Row>(sql));
}

const dues = async () => (await runs()).map((run) => run.next_scheduled_start_time.slice(0, 19));
const pass = () => createScheduler(app.app.context).runOnce();
const interval = (seconds: number): ScheduleInput => ({ interval: seconds, anchor_date: "2023-01-01T00:00:00Z" });
const DAILY = { cron: "0 9 * * *", timezone: "America/New_York" } as const;

describe("how many runs a fresh deployment gets", () => {
  const cases: [string, ScheduleInput, number][] = [
    ["every 60 s", interval(60), 61],
    ["hourly", interval(3600), 3],
    ["daily", interval(86_400), 3],
    ["weekly", interval(604_800), 3],
    ["every 30 s, capped", interval(30), 100],
    ["yearly, too far ahead", { cron: "0 0 1 6 *" }, 0],
    ["every 40 days, as far as it goes", { cron: "0 0 1 jan,feb *" }, 2],
    ["a rule", { rrule: "DTSTART:20230101T000000\nRRULE:FREQ=HOURLY" }, 3],
  ];
  test.each(cases)("%s", async (_, schedule, count) => {
    await makeDeployment(app, { schedule });
    expect(await pass()).toBe(count);
    expect(await app.count("flow_run")).toBe(count);
    expect(await app.count("flow_run_state")).toBe(count);
  });
});

test("a run takes over what its deployment has, and one state says so", async () => {
  const deployment = await makeDeployment(app, {
    schedule: DAILY,
    parameters: { name: "Marvin" },
    tags: ["a", "b"],
    work_queue_name: "test",
  });
  await pass();
  const [first] = await runs();
  const run = await app.call(readFlowRun, { params: { id: first?.id ?? "" } });
  expect(run).toMatchObject({
    flow_id: deployment.flow_id,
    deployment_id: deployment.id,
    parameters: { name: "Marvin" },
    tags: ["auto-scheduled", "a", "b"],
    work_queue_name: "test",
    auto_scheduled: true,
    idempotency_key: `scheduled ${deployment.id} 2026-11-23T09:00:00-05:00`,
    expected_start_time: "2026-11-23T14:00:00.000000+00:00",
    next_scheduled_start_time: "2026-11-23T14:00:00.000000+00:00",
    state_type: "SCHEDULED",
    state_name: "Scheduled",
    run_count: 0,
    context: {},
  });
  expect(run.name).toMatch(/^[a-z]+-[a-z]+$/);
  const states = await app.call(listFlowRunStates, { query: { flow_run_id: run.id } });
  expect(states).toHaveLength(1);
  expect(states[0]).toMatchObject({
    id: run.state_id,
    type: "SCHEDULED",
    name: "Scheduled",
    message: "Flow run scheduled",
  });
  expect(states[0]?.state_details).toMatchObject({
    // As on the old server, which leaves it out where the scheduler makes a run.
    flow_run_id: null,
    scheduled_time: "2026-11-23T14:00:00.000000+00:00",
  });
});

test("a deployment without tags gives its runs one tag", async () => {
  await makeDeployment(app, { schedule: DAILY });
  await pass();
  const tags = await app.db.read((q) => q.all<{ tags: string }>("select distinct tags from flow_run"));
  expect(tags).toEqual([{ tags: '["auto-scheduled"]' }]);
});

test("a second pass makes nothing, the next day's makes one", async () => {
  await makeDeployment(app, { schedule: DAILY });
  expect(await pass()).toBe(3);
  expect(await pass()).toBe(0);
  app.clock.advance(86_400);
  expect(await pass()).toBe(1);
  expect(await dues()).toEqual([23, 24, 25, 26].map((day) => `2026-11-${day}T14:00:00`));
});

test("runs that end less than an hour ahead are continued", async () => {
  await makeDeployment(app, { schedule: interval(600) });
  expect(await pass()).toBe(7);
  app.clock.advance(1200);
  expect(await pass()).toBe(2);
});

test("a date whose run was executed, cancelled or moved is not made again", async () => {
  await makeDeployment(app, { schedule: DAILY });
  await pass();
  const [first] = await runs();
  await app.db.write((tx) => {
    const sql = "update flow_run set state_type = 'CANCELLED', next_scheduled_start_time = null where id = ?";
    return tx.run(sql, first?.id ?? "");
  });
  expect(await pass()).toBe(0);
  expect(await app.count("flow_run")).toBe(3);
});

test("neither a paused schedule nor a missing one makes runs", async () => {
  await makeDeployment(app, { schedule: DAILY, is_schedule_active: false });
  await makeDeployment(app);
  expect(await pass()).toBe(0);
});

test("pages of deployments are all looked at", async () => {
  for (let index = 0; index < 7; index += 1) await makeDeployment(app, { schedule: DAILY });
  const settings = { ...app.settings, ORCH_API_SERVICES_SCHEDULER_DEPLOYMENT_BATCH_SIZE: 3 };
  expect(await createScheduler({ ...app.app.context, settings }).runOnce()).toBe(21);
});

test("the settings say how many and how far", async () => {
  await makeDeployment(app, { schedule: interval(3600) });
  const settings = {
    ...app.settings,
    ORCH_API_SERVICES_SCHEDULER_MIN_RUNS: 5,
    ORCH_API_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME: 4 * 3600,
    ORCH_API_SERVICES_SCHEDULER_INSERT_BATCH_SIZE: 1,
  };
  await createScheduler({ ...app.app.context, settings }).runOnce();
  expect(await dues()).toEqual([12, 13, 14, 15, 16].map((hour) => `2026-11-23T${hour}:00:00`));
});

test("a schedule that cannot be expanded is named and does not stop the others", async () => {
  const broken = await makeDeployment(app, { schedule: DAILY });
  await makeDeployment(app, { schedule: DAILY });
  const sql = "update deployment set schedules = json_set(schedules, '$[0].schedule.cron', 'whenever') where id = ?";
  await app.db.write((tx) => tx.run(sql, broken.id));
  expect(await pass()).toBe(3);
  expect(app.logged.join()).toContain(`${broken.id} cannot be expanded: Invalid cron string: "whenever"`);
});

test("a deployment that changes while its dates are worked out gets no runs of the old schedule", async () => {
  const deployment = await makeDeployment(app, { schedule: DAILY });
  const { context } = app.app;
  const write = context.db.write.bind(context.db);
  let first = true;
  const db = {
    ...context.db,
    async write<T>(work: Parameters<typeof write<T>>[0]) {
      if (first) {
        first = false;
        app.clock.advance(1);
        await app.call(setScheduleInactive, { params: { id: deployment.id } });
      }
      return write(work);
    },
  };
  expect(await createScheduler({ ...context, db }).runOnce()).toBe(0);
  expect(await app.count("flow_run")).toBe(0);
});

test("new runs are told to whoever waits for them, once they are stored", async () => {
  await makeDeployment(app, { schedule: DAILY });
  const told: string[] = [];
  app.app.context.events.subscribe((event) => told.push(event.type));
  await pass();
  await pass();
  expect(told).toEqual(["runs-due-changed"]);
});

describe("recent deployments", () => {
  test("those of the last six seconds are looked at every five, older ones left to the other loop", async () => {
    const scheduler = createRecentDeploymentsScheduler(app.app.context);
    await makeDeployment(app, { schedule: DAILY });
    app.clock.advance(7);
    await makeDeployment(app, { schedule: DAILY });
    expect(await scheduler.runOnce()).toBe(3);
    await makeDeployment(app, { schedule: DAILY });
    expect(await scheduler.runOnce()).toBe(0);
    app.clock.advance(5);
    expect(await scheduler.runOnce()).toBe(3);
  });

  test("a change wakes the loop at once, and old runs give way to new ones", async () => {
    app.app.start();
    const changed = async (change: () => Promise<unknown>, count: number) => {
      const scheduled = Promise.withResolvers<void>();
      const stop = app.app.context.events.subscribe(async () => {
        if ((await app.count("flow_run")) === count) scheduled.resolve();
      });
      await change();
      await scheduled.promise;
      stop();
    };
    let id = "";
    await changed(async () => {
      id = (await makeDeployment(app, { schedule: DAILY })).id;
    }, 3);
    await changed(() => app.call(updateDeployment, { params: { id }, body: { schedule: interval(60) } }), 61);
    await changed(() => app.call(setScheduleInactive, { params: { id } }), 0);
    await changed(() => app.call(setScheduleActive, { params: { id } }), 61);
  });

  test("a deleted deployment is passed over, and stop() before start() keeps it from listening", async () => {
    const deployment = await makeDeployment(app, { schedule: DAILY });
    const scheduler = createRecentDeploymentsScheduler(app.app.context);
    await app.call(deleteDeployment, { params: { id: deployment.id } });
    expect(await scheduler.runOnce()).toBe(0);
    await scheduler.stop();
    scheduler.start();
    await makeDeployment(app, { schedule: DAILY });
    expect(await app.count("flow_run")).toBe(0);
  });
});

describe("POST /deployments/{id}/schedule", () => {
  test("makes the runs of the bounds asked for, in the past too", async () => {
    const { id } = await makeDeployment(app, { schedule: interval(3600) });
    const body = { start_time: "2026-01-01T00:30:00Z", end_time: "2026-01-01T03:00:00Z", min_runs: 10 };
    expect((await app.send("POST", `/deployments/${id}/schedule`, body)).status).toBe(200);
    expect(await dues()).toEqual([1, 2, 3].map((hour) => `2026-01-01T0${hour}:00:00`));
  });

  test("without bounds it does what the loop does, and again makes nothing", async () => {
    const { id } = await makeDeployment(app, { schedule: interval(3600) });
    await app.call(scheduleDeployment, { params: { id }, body: {} });
    await app.call(scheduleDeployment, { params: { id }, body: {} });
    expect(await app.count("flow_run")).toBe(3);
  });

  test("max_runs and min_time bound it", async () => {
    const { id } = await makeDeployment(app, { schedule: interval(60) });
    await app.call(scheduleDeployment, { params: { id }, body: { min_time: 600, max_runs: 5 } });
    expect(await app.count("flow_run")).toBe(5);
    await app.call(scheduleDeployment, { params: { id }, body: { min_time: 600 } });
    expect(await app.count("flow_run")).toBe(11);
  });

  test("an unknown or unscheduled deployment is no error and gets nothing", async () => {
    const { id } = await makeDeployment(app);
    for (const asked of [id, "01234567-89ab-cdef-0123-456789abcdef"]) {
      const answer = await app.send("POST", `/deployments/${asked}/schedule`, {});
      expect([answer.status, answer.body as unknown]).toEqual([200, null]);
    }
    expect(await app.count("flow_run")).toBe(0);
  });
});

describe("R3: a schedule that takes too long", () => {
  /** Every second is excluded, so the search for a date never ends by itself. */
  const COSTLY = "DTSTART:20261101T000000\\nRRULE:FREQ=SECONDLY\\nEXRULE:FREQ=SECONDLY";
  const SENTENCE = "The schedule is too costly: its next date was not found in 250,000 steps";

  async function store(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) ids.push((await makeDeployment(app, { schedule: DAILY })).id);
    const costly = `{"rrule":"${COSTLY}","timezone":"UTC"}`;
    const sql = "update deployment set schedules = json_set(schedules, '$[0].schedule', json(?))";
    await app.db.write((tx) => tx.run(sql, costly));
    return ids;
  }

  test("is logged once, left out, and gives way to others", async () => {
    const ids = await store(20);
    const working = await makeDeployment(app, { schedule: DAILY });
    let turns = 0;
    let isOver = false;
    const others = (async () => {
      for (; !isOver; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    })();
    const scheduler = createScheduler(app.app.context);
    expect(await scheduler.runOnce()).toBe(3);
    isOver = true;
    await others;
    expect(turns).toBeGreaterThan(ids.length);
    expect(app.logged.filter((line) => line.includes(SENTENCE))).toHaveLength(ids.length);
    await app.db.write((tx) => tx.run("delete from flow_run"));
    expect(await scheduler.runOnce()).toBe(3);
    expect(app.logged.filter((line) => line.includes(SENTENCE))).toHaveLength(ids.length);
    expect((await runs())[0]?.idempotency_key).toContain(working.id);
  });

  test("is tried again when the deployment has changed", async () => {
    const [id = ""] = await store(1);
    const scheduler = createScheduler(app.app.context);
    expect(await scheduler.runOnce()).toBe(0);
    app.clock.advance(1);
    await app.call(updateDeployment, { params: { id }, body: { schedule: DAILY } });
    expect(await scheduler.runOnce()).toBe(3);
  });

  test("does not keep the other schedules of its deployment, nor other deployments, from their runs", async () => {
    const [costly = ""] = await store(1);
    const sql = "update deployment set schedules = json_insert(schedules, '$[1]', json(?))";
    const daily = { id: costly, active: true, max_scheduled_runs: null, schedule: { ...DAILY, day_or: true } };
    await app.db.write((tx) => tx.run(sql, JSON.stringify(daily)));
    const broken = await makeDeployment(app, { schedule: DAILY });
    await app.db.write((tx) => tx.run(`update deployment set schedules = '{"active":true}' where id = ?`, broken.id));
    expect(await createScheduler(app.app.context).runOnce()).toBe(3);
    expect(app.logged.filter((line) => line.includes(broken.id))).toHaveLength(1);
  });

  test("is refused by POST /schedule with the sentence", async () => {
    const [id = ""] = await store(1);
    const calling = app.call(scheduleDeployment, { params: { id }, body: {} });
    expect(calling).rejects.toThrow(SENTENCE);
    await calling.catch(() => {});
  });

  test("dates until the year 9999 are looked for in the next fifty years only", async () => {
    const { id } = await makeDeployment(app, { schedule: { rrule: "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30" } });
    await app.call(scheduleDeployment, {
      params: { id },
      body: { end_time: "9999-12-31T00:00:00Z", min_runs: 1e9, max_runs: 1e9 },
    });
    expect(await runs()).toEqual([]);
  });
});
