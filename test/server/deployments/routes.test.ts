import { afterEach, describe, expect, test } from "bun:test";
import type { Deployment } from "#wire/deployments/deployments.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow } from "../../factory.ts";

const UNKNOWN = "0f9b1c52-8a3e-4c53-9d55-2f5f0f6cf0a1";
const apps: TestApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

function setup() {
  const app = testApp({ services: false });
  apps.push(app);
  const read = async (id: string): Promise<Deployment> => (await app.send("GET", `/deployments/${id}`)).body;
  const queues = (): Promise<{ name: string; pool: string; priority: number }[]> =>
    app.db.read((q) =>
      q.all(
        `select q.name, p.name as pool, q.priority from work_queue q join work_pool p on p.id = q.work_pool_id
         order by p.name, q.priority`,
      ),
    );
  const runs = async (body: object = {}): Promise<FlowRun[]> =>
    (await app.send("POST", "/flow_runs/filter", body)).body;
  return { app, read, queues, runs };
}

const EVERY_HOUR = { interval: 3600, anchor_date: "2026-11-23T00:00:00+00:00", timezone: "UTC" };

describe("creating a deployment", () => {
  test("stores what was sent and fills in the rest", async () => {
    const { app } = setup();
    const flow = await makeFlow(app);
    const { status, body } = await app.send("POST", "/deployments/", { name: "d", flow_id: flow.id });
    expect(status).toBe(201);
    expect(body as Deployment).toEqual({
      id: expect.any(String),
      created: "2026-11-23T12:00:00.000000+00:00",
      updated: "2026-11-23T12:00:00.000000+00:00",
      name: "d",
      version: null,
      description: null,
      flow_id: flow.id,
      schedule: null,
      is_schedule_active: true,
      infra_overrides: {},
      parameters: {},
      tags: [],
      work_queue_name: null,
      parameter_openapi_schema: null,
      path: null,
      pull_steps: null,
      entrypoint: null,
      manifest_path: null,
      storage_document_id: null,
      infrastructure_document_id: null,
      created_by: null,
      updated_by: null,
      work_pool_name: null,
    });
  });

  test("is found by the names of its flow and its own", async () => {
    const { app } = setup();
    const deployment = await makeDeployment(app, { flow_id: (await makeFlow(app, "say-hi")).id, name: "marvin" });
    expect((await app.send("GET", "/deployments/name/say-hi/marvin")).body as Deployment).toEqual(deployment);
    const other = await app.send("GET", "/deployments/name/say-hi/other");
    expect(other as unknown).toEqual({ status: 404, body: { detail: "Deployment not found" } });
  });

  test("again overwrites every field, but keeps id, creation and queue", async () => {
    const { app } = setup();
    const first = await makeDeployment(app, {
      tags: ["old"],
      parameters: { a: 1 },
      version: "1",
      is_schedule_active: false,
      schedule: EVERY_HOUR,
      work_queue_name: "fast",
    });
    app.clock.advance(10);
    const again = await app.send("POST", "/deployments/", { name: first.name, flow_id: first.flow_id, path: "/new" });
    expect(again.status).toBe(200);
    expect(again.body as Deployment).toMatchObject({
      id: first.id,
      created: first.created,
      updated: "2026-11-23T12:00:10.000000+00:00",
      tags: [],
      parameters: {},
      version: null,
      schedule: null,
      is_schedule_active: true,
      path: "/new",
      work_queue_name: "fast",
      work_pool_name: "default-agent-pool",
    });
    expect(await app.count("deployment")).toBe(1);
  });

  test("the stored queue name is gone after an upsert without it, as on the old server", async () => {
    const { app, runs } = setup();
    const { id, name, flow_id } = await makeDeployment(app, { work_queue_name: "fast" });
    await app.send("POST", "/deployments/", { name, flow_id });
    await app.send("POST", `/deployments/${id}/create_flow_run`, {});
    const stored = await app.db.read((q) =>
      q.get("select work_queue_name, work_queue_id is null as lost from flow_run"),
    );
    expect(stored).toEqual({ work_queue_name: null, lost: 0 });
    expect((await runs())[0]?.work_queue_name).toBe("fast");
  });

  test("keys of older clients are dropped unread", async () => {
    const { app } = setup();
    const flow = await makeFlow(app);
    const body = { name: "d", flow_id: flow.id, worker_pool_name: "x", work_pool_queue_name: 7 };
    expect((await app.send("POST", "/deployments/", body)).status).toBe(201);
  });

  test("of an unknown flow is a conflict, and leaves no queue behind", async () => {
    const { app, queues } = setup();
    const answer = await app.send("POST", "/deployments/", { name: "d", flow_id: UNKNOWN, work_queue_name: "q" });
    expect(answer as unknown).toEqual({
      status: 409,
      body: { detail: expect.stringContaining("Data integrity conflict.") },
    });
    expect(await queues()).toEqual([]);
  });

  for (const kind of ["infrastructure", "storage"]) {
    test(`with an unknown ${kind} block is a conflict that names it`, async () => {
      const { app } = setup();
      const flow = await makeFlow(app);
      const body = { name: "d", flow_id: flow.id, [`${kind}_document_id`]: UNKNOWN };
      const answer = await app.send("POST", "/deployments/", body);
      const sentence = `Error creating deployment. Could not find ${kind} block with id: ${UNKNOWN}.`;
      expect(answer as unknown).toEqual({ status: 409, body: { detail: expect.stringContaining(sentence) } });
      expect(await app.count("deployment")).toBe(0);
    });
  }

  const refused: [title: string, fields: object, status: number][] = [
    ["a slash in the name", { name: "a/b" }, 422],
    ["no name", { name: undefined }, 422],
    ["null tags", { tags: null }, 422],
    ["an unknown field", { colour: "red" }, 422],
    ["an interval of nothing", { schedule: { interval: 0 } }, 422],
    ["a cron text that is none", { schedule: { cron: "every day" } }, 422],
    ["a rule that is none", { schedule: { rrule: "FREQ=NEVER" } }, 422],
    ["an unknown time zone", { schedule: { cron: "* * * * *", timezone: "Mars/Olympus" } }, 422],
  ];
  for (const [title, fields, status] of refused) {
    test(`with ${title} is refused`, async () => {
      const { app } = setup();
      const flow = await makeFlow(app);
      expect((await app.send("POST", "/deployments/", { name: "d", flow_id: flow.id, ...fields })).status).toBe(status);
      expect(await app.count("deployment")).toBe(0);
    });
  }

  test("an interval schedule comes back with its anchor filled in", async () => {
    const { app } = setup();
    const deployment = await makeDeployment(app, { schedule: { interval: 60 } });
    expect(deployment.schedule).toMatchObject({ interval: 60, anchor_date: expect.stringMatching(/^20\d\d-/) });
  });
});

describe("the queue of a deployment", () => {
  const DEFAULT_POOL = { name: "default", pool: "default-agent-pool", priority: 1 };
  const CLUSTER = { name: "default", pool: "cluster", priority: 1 };
  const cases: [title: string, names: object, queues: object[], pool: string | null, queue: string | null][] = [
    ["none", {}, [CLUSTER], null, null],
    [
      "a queue alone is in the default pool, made with it",
      { work_queue_name: "q" },
      [CLUSTER, DEFAULT_POOL, { name: "q", pool: "default-agent-pool", priority: 2 }],
      "default-agent-pool",
      "q",
    ],
    [
      "the queue `default` is the default pool's own",
      { work_queue_name: "default" },
      [CLUSTER, DEFAULT_POOL],
      "default-agent-pool",
      "default",
    ],
    ["a pool alone means its default queue", { work_pool_name: "cluster" }, [CLUSTER], "cluster", "default"],
    [
      "pool and queue: the queue is made",
      { work_pool_name: "cluster", work_queue_name: "big" },
      [CLUSTER, { name: "big", pool: "cluster", priority: 2 }],
      "cluster",
      "big",
    ],
    [
      "the default pool by its name, made",
      { work_pool_name: "default-agent-pool", work_queue_name: "test" },
      [CLUSTER, DEFAULT_POOL, { name: "test", pool: "default-agent-pool", priority: 2 }],
      "default-agent-pool",
      "test",
    ],
  ];
  for (const [title, names, expected, pool, queue] of cases) {
    test(`from ${JSON.stringify(names)}: ${title}`, async () => {
      const { app, queues } = setup();
      await app.send("POST", "/work_pools/", { name: "cluster", type: "kubernetes" });
      const deployment = await makeDeployment(app, names);
      expect([deployment.work_pool_name, deployment.work_queue_name]).toEqual([pool, queue]);
      expect(await queues()).toEqual(expected as Awaited<ReturnType<typeof queues>>);
      // A change names it in the same way.
      const other = await makeDeployment(app);
      await app.send("PATCH", `/deployments/${other.id}`, names);
      const changed = (await app.send("GET", `/deployments/${other.id}`)).body as Deployment;
      expect([changed.work_pool_name, changed.work_queue_name]).toEqual([pool, queue]);
    });
  }

  test("in an unknown pool is a 404", async () => {
    const { app } = setup();
    const { flow_id, id } = await makeDeployment(app);
    const missing = { status: 404, body: { detail: 'Work pool "nowhere" not found.' } };
    const body = { name: "d", flow_id, work_pool_name: "nowhere" };
    expect((await app.send("POST", "/deployments/", body)) as unknown).toEqual(missing);
    expect((await app.send("PATCH", `/deployments/${id}`, { work_pool_name: "nowhere" })) as unknown).toEqual(missing);
  });

  test("in a pool whose variables do not take the overrides is a conflict", async () => {
    const { app } = setup();
    const base_job_template = {
      job_configuration: { image: "{{ image }}" },
      variables: { type: "object", required: ["image"], properties: { image: { type: "string" } } },
    };
    await app.send("POST", "/work_pools/", { name: "cluster", type: "kubernetes", base_job_template });
    const { flow_id } = await makeDeployment(app);
    const body = { name: "d", flow_id, work_pool_name: "cluster" };
    const refused = await app.send("POST", "/deployments/", { ...body, infra_overrides: { image: 7 } });
    expect(refused as unknown).toEqual({
      status: 409,
      body: { detail: "Error creating deployment: infra_overrides.image must be of type string, not 7." },
    });
    expect((await app.send("POST", "/deployments/", { ...body, infra_overrides: { image: "a" } })).status).toBe(201);
  });
});

describe("changing a deployment", () => {
  test("sets what was sent and nothing else", async () => {
    const { app, read } = setup();
    const before = await makeDeployment(app, { tags: ["a"], version: "1", parameters: { x: 1 } });
    app.clock.advance(5);
    const changes = { version: "2", schedule: EVERY_HOUR, description: null };
    expect((await app.send("PATCH", `/deployments/${before.id}`, changes)).status).toBe(204);
    const after = await read(before.id);
    expect(after).toEqual({
      ...before,
      updated: "2026-11-23T12:00:05.000000+00:00",
      version: "2",
      schedule: after.schedule,
    });
    expect(after.schedule).toMatchObject({ interval: 3600 });
    await app.send("PATCH", `/deployments/${before.id}`, { schedule: null, parameters: { y: 2 } });
    expect(await read(before.id)).toMatchObject({ schedule: null, parameters: { y: 2 }, tags: ["a"] });
  });

  for (const field of ["name", "flow_id", "parameter_openapi_schema", "pull_steps"]) {
    test(`cannot set ${field}`, async () => {
      const { app } = setup();
      const { id } = await makeDeployment(app);
      expect((await app.send("PATCH", `/deployments/${id}`, { [field]: null })).status).toBe(422);
    });
  }
});

describe("an unknown deployment", () => {
  const requests: [method: string, path: string, body: object | undefined, detail: string][] = [
    ["GET", "", undefined, "Deployment not found"],
    ["PATCH", "", {}, "Deployment not found."],
    ["DELETE", "", undefined, "Deployment not found"],
    ["POST", "/set_schedule_active", undefined, "Deployment not found"],
    ["POST", "/set_schedule_inactive", undefined, "Deployment not found"],
    ["POST", "/create_flow_run", {}, "Deployment not found"],
  ];
  for (const [method, path, body, detail] of requests) {
    test(`${method} {id}${path} is 404`, async () => {
      const answer = await setup().app.send(method, `/deployments/${UNKNOWN}${path}`, body);
      expect(answer as unknown).toEqual({ status: 404, body: { detail } });
    });
  }

  test("scheduling it does nothing", async () => {
    const answer = await setup().app.send("POST", `/deployments/${UNKNOWN}/schedule`, {});
    expect(answer as unknown).toEqual({ status: 200, body: null });
  });
});

describe("scheduled runs", () => {
  async function scheduled() {
    const world = setup();
    const deployment = await makeDeployment(world.app, { schedule: EVERY_HOUR });
    const more = (body: object = { max_runs: 3 }) =>
      world.app.send("POST", `/deployments/${deployment.id}/schedule`, body);
    await more();
    // One asked for by hand, one that has started: neither is the scheduler's to take away.
    await world.app.send("POST", `/deployments/${deployment.id}/create_flow_run`, { name: "by hand" });
    const auto = (await world.runs({ sort: "EXPECTED_START_TIME_ASC" })).find((run) => run.auto_scheduled);
    await world.app.send("POST", `/flow_runs/${auto?.id}/set_state`, { state: { type: "PENDING" } });
    const left = async () =>
      (await world.runs()).map((run) => `${run.auto_scheduled ? "auto" : "hand"} ${run.state_type}`).toSorted();
    return { ...world, deployment, left, more };
  }
  const ALL = ["auto PENDING", "auto SCHEDULED", "auto SCHEDULED", "hand SCHEDULED"];
  const STARTED = ["auto PENDING", "hand SCHEDULED"];

  test("are made on request, each date once", async () => {
    const { left, more } = await scheduled();
    expect(await left()).toEqual(ALL);
    await more();
    expect(await left()).toEqual(ALL);
  });

  const changes: [title: string, method: string, path: string, body: object | undefined, expected: string[]][] = [
    ["a change of the schedule", "PATCH", "", { schedule: { ...EVERY_HOUR, interval: 7200 } }, STARTED],
    ["a change of something else", "PATCH", "", { tags: ["new"] }, ALL],
    ["making the schedule inactive", "POST", "/set_schedule_inactive", undefined, STARTED],
    ["making it active", "POST", "/set_schedule_active", undefined, ALL],
    ["deleting the deployment, by hand or not", "DELETE", "", undefined, ["auto PENDING"]],
  ];
  for (const [title, method, path, body, expected] of changes) {
    test(`after ${title}: ${expected.join(", ")}`, async () => {
      const { app, deployment, left } = await scheduled();
      expect((await app.send(method, `/deployments/${deployment.id}${path}`, body)).status).toBeLessThan(300);
      expect(await left()).toEqual(expected);
    });
  }

  test("are not made while the schedule is inactive", async () => {
    const { app, deployment, left, more, read } = await scheduled();
    await app.send("POST", `/deployments/${deployment.id}/set_schedule_inactive`);
    expect((await read(deployment.id)).is_schedule_active).toBe(false);
    expect((await more()) as unknown).toEqual({ status: 200, body: null });
    expect(await left()).toEqual(STARTED);
  });

  test("a change is told to the scheduler and to those who wait for work", async () => {
    const { app, deployment } = await scheduled();
    const told: string[] = [];
    app.app.context.events.subscribe((event) => told.push(event.type));
    await app.send("PATCH", `/deployments/${deployment.id}`, { version: "2" });
    expect(told).toEqual(["deployment-changed", "runs-due-changed"]);
  });
});

describe("running a deployment", () => {
  test("takes over what the deployment says, and what the request adds", async () => {
    const { app } = setup();
    const deployment = await makeDeployment(app, {
      version: "7",
      parameters: { name: "Marvin", options: { loud: true } },
      tags: ["a", "b"],
      work_queue_name: "test",
      infra_overrides: { env: { A: "1" } },
    });
    const body = { parameters: { options: {}, extra: 1 }, tags: ["b", "c"], context: { c: 1 }, name: "mine" };
    const answer = await app.send("POST", `/deployments/${deployment.id}/create_flow_run`, body);
    const run: FlowRun = answer.body;
    expect(answer.status).toBe(201);
    expect(run).toMatchObject({
      name: "mine",
      flow_id: deployment.flow_id,
      deployment_id: deployment.id,
      flow_version: "7",
      parameters: { name: "Marvin", options: {}, extra: 1 },
      context: { c: 1 },
      work_queue_name: "test",
      work_pool_name: "default-agent-pool",
      auto_scheduled: false,
      state_type: "SCHEDULED",
      state_name: "Scheduled",
      next_scheduled_start_time: "2026-11-23T12:00:00.000000+00:00",
      estimated_start_time_delta: 0,
    });
    expect(run.tags.toSorted()).toEqual(["a", "b", "c"]);
  });

  test("with a state of one's own starts in it", async () => {
    const { app } = setup();
    const { id } = await makeDeployment(app);
    const state = { type: "SCHEDULED", state_details: { scheduled_time: "2026-11-24T00:00:00Z" } };
    const run: FlowRun = (await app.send("POST", `/deployments/${id}/create_flow_run`, { state })).body;
    expect(run.next_scheduled_start_time).toBe("2026-11-24T00:00:00.000000+00:00");
  });

  test("with the key of an earlier run gives that run back", async () => {
    const { app } = setup();
    const { id } = await makeDeployment(app);
    const ask = () => app.send("POST", `/deployments/${id}/create_flow_run`, { idempotency_key: "once" });
    const first = await ask();
    app.clock.advance(1);
    const second = await ask();
    expect([first.status, second.status]).toEqual([201, 200]);
    expect((second.body as FlowRun).id).toBe((first.body as FlowRun).id);
    expect(await app.count("flow_run")).toBe(1);
  });
});

describe("sorting", () => {
  const cases: [sort: string, order: string[]][] = [
    ["NAME_ASC", ["a", "b", "c"]],
    ["NAME_DESC", ["c", "b", "a"]],
    ["CREATED_DESC", ["a", "c", "b"]],
    ["UPDATED_DESC", ["b", "a", "c"]],
  ];
  for (const [sort, order] of cases) {
    test(`${sort} gives ${order.join(", ")}`, async () => {
      const { app } = setup();
      const first = await makeDeployment(app, { name: "b" });
      for (const name of ["c", "a"]) {
        app.clock.advance(1);
        await makeDeployment(app, { name });
      }
      app.clock.advance(1);
      await app.send("PATCH", `/deployments/${first.id}`, { version: "2" });
      const found: Deployment[] = (await app.send("POST", "/deployments/filter", { sort })).body;
      expect(found.map(({ name }) => name)).toEqual(order);
    });
  }
});
