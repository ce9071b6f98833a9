// Every operator of every filter, and how resources are joined, asked through the API about one small world.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../../factory.ts";

const app = testApp({ services: false });
const ids: Record<string, string> = {};

beforeAll(async () => {
  for (const name of ["Alpha", "beta", "gamma_x"]) ids[name] = (await makeFlow(app, name)).id;
  await app.send("PATCH", `/flows/${ids["Alpha"]}`, { tags: ["red", "blue"] });
  await app.send("PATCH", `/flows/${ids["beta"]}`, { tags: ["red"] });
  await app.send("POST", "/work_pools/", { name: "cluster", type: "kubernetes" });
  const flow = (name: string) => ids[name] ?? "";
  const daily = await makeDeployment(app, {
    name: "daily",
    flow_id: flow("Alpha"),
    tags: ["prod"],
    work_queue_name: "fast",
  });
  const hourly = await makeDeployment(app, {
    name: "hourly",
    flow_id: flow("beta"),
    is_schedule_active: false,
    work_pool_name: "cluster",
  });
  ids["daily"] = daily.id;
  ids["hourly"] = hourly.id;

  // Runs start an hour apart: one 12:00, two 13:00, three 14:00; four is scheduled for 20:00.
  const one = await makeFlowRun(app, {
    name: "run-One",
    flow_id: flow("Alpha"),
    tags: ["x", "y"],
    flow_version: "1",
    state: { type: "RUNNING" },
  });
  app.clock.advance(3600);
  const two: { id: string } = (
    await app.send("POST", `/deployments/${daily.id}/create_flow_run`, { name: "run-two", state: { type: "RUNNING" } })
  ).body;
  app.clock.advance(3600);
  const three: { id: string } = (
    await app.send("POST", `/deployments/${hourly.id}/create_flow_run`, { name: "three", tags: ["x"] })
  ).body;
  const stateOf = { type: "SCHEDULED" as const, state_details: { scheduled_time: "2026-11-23T20:00:00Z" } };
  const task = await makeTaskRun(app, { name: "task-a", flow_run_id: one.id, tags: ["t"], state: { type: "RUNNING" } });
  await makeTaskRun(app, { name: "task-b", flow_run_id: two.id });
  const four = await makeFlowRun(app, {
    name: "four",
    flow_id: flow("beta"),
    parent_task_run_id: task.id,
    state: stateOf,
  });
  Object.assign(ids, { "run-One": one.id, "run-two": two.id, three: three.id, four: four.id, "task-a": task.id });
});
afterAll(() => app.close());

/** Replaces `@name` by the id of what has that name. */
function named(filter: unknown): unknown {
  return JSON.parse(JSON.stringify(filter).replace(/"@([^"]+)"/g, (_, name) => JSON.stringify(ids[name])));
}

async function names(resource: string, filter: object): Promise<string[]> {
  const { status, body } = await app.send("POST", `/${resource}/filter`, named(filter));
  expect(status).toBe(200);
  const found: { name: string }[] = body;
  const count = resource === "logs" ? found.length : (await app.send("POST", `/${resource}/count`, named(filter))).body;
  expect(count as number).toBe(found.length);
  return found.map(({ name }) => name).toSorted();
}

type Case = [title: string, filter: object, found: string[]];

const flowCases: Case[] = [
  ["nothing", {}, ["Alpha", "beta", "gamma_x"]],
  ["an empty filter", { flows: {} }, ["Alpha", "beta", "gamma_x"]],
  ["null", { flows: null, flow_runs: null }, ["Alpha", "beta", "gamma_x"]],
  ["ids", { flows: { id: { any_: ["@Alpha", "@beta"] } } }, ["Alpha", "beta"]],
  ["no ids", { flows: { id: { any_: [] } } }, []],
  ["names", { flows: { name: { any_: ["beta", "delta"] } } }, ["beta"]],
  ["part of a name in any case", { flows: { name: { like_: "ALPH" } } }, ["Alpha"]],
  ["a name with SQL's own wildcard", { flows: { name: { like_: "b_t" } } }, ["beta"]],
  ["a quote", { flows: { name: { like_: "' or 1=1 --" } } }, []],
  ["all of two tags", { flows: { tags: { all_: ["red", "blue"] } } }, ["Alpha"]],
  ["all of no tags", { flows: { tags: { all_: [] } } }, ["Alpha", "beta", "gamma_x"]],
  ["no tags at all", { flows: { tags: { is_null_: true } } }, ["gamma_x"]],
  ["any tags", { flows: { tags: { is_null_: false } } }, ["Alpha", "beta"]],
  [
    "one or the other tag condition",
    { flows: { tags: { operator: "or_", all_: ["blue"], is_null_: true } } },
    ["Alpha", "gamma_x"],
  ],
  ["two conditions", { flows: { name: { like_: "a" }, tags: { all_: ["blue"] } } }, ["Alpha"]],
  [
    "one of two conditions",
    { flows: { operator: "or_", name: { any_: ["gamma_x"] }, tags: { all_: ["blue"] } } },
    ["Alpha", "gamma_x"],
  ],
  [
    "either of two fields, one with two operators: both of these have to be met",
    { flows: { operator: "or_", name: { any_: ["gamma_x"], like_: "nothing" }, tags: { all_: ["blue"] } } },
    ["Alpha"],
  ],
  ["their deployments", { deployments: { name: { any_: ["daily"] } } }, ["Alpha"]],
  ["their runs", { flow_runs: { name: { any_: ["three"] } } }, ["beta"]],
  ["their task runs", { task_runs: { name: { any_: ["task-b"] } } }, ["Alpha"]],
  [
    "a run and a task of the same run",
    { flow_runs: { name: { any_: ["run-One"] } }, task_runs: { name: { any_: ["task-a"] } } },
    ["Alpha"],
  ],
  [
    "a run and a task of another run",
    { flow_runs: { name: { any_: ["run-One"] } }, task_runs: { name: { any_: ["task-b"] } } },
    [],
  ],
];

const runCases: Case[] = [
  ["nothing", {}, ["four", "run-One", "run-two", "three"]],
  ["ids", { flow_runs: { id: { any_: ["@run-One"] } } }, ["run-One"]],
  ["other ids", { flow_runs: { id: { not_any_: ["@run-One", "@three"] } } }, ["four", "run-two"]],
  ["part of a name", { flow_runs: { name: { like_: "RUN-" } } }, ["run-One", "run-two"]],
  ["tags, those of its deployment too", { flow_runs: { tags: { all_: ["prod"] } } }, ["run-two"]],
  ["all of its tags", { flow_runs: { tags: { all_: ["x", "y"] } } }, ["run-One"]],
  ["a deployment", { flow_runs: { deployment_id: { any_: ["@daily"] } } }, ["run-two"]],
  ["no deployment", { flow_runs: { deployment_id: { is_null_: true } } }, ["four", "run-One"]],
  [
    "a deployment or none",
    { flow_runs: { deployment_id: { operator: "or_", any_: ["@daily"], is_null_: true } } },
    ["four", "run-One", "run-two"],
  ],
  ["a queue's name", { flow_runs: { work_queue_name: { any_: ["fast"] } } }, ["run-two"]],
  ["state types", { flow_runs: { state: { type: { any_: ["SCHEDULED"] } } } }, ["four", "three"]],
  ["state names", { flow_runs: { state: { name: { any_: ["Running"] } } } }, ["run-One", "run-two"]],
  [
    "a state's type and another's name",
    { flow_runs: { state: { type: { any_: ["SCHEDULED"] }, name: { any_: ["Running"] } } } },
    [],
  ],
  [
    "a state's type or another's name",
    { flow_runs: { state: { operator: "or_", type: { any_: ["SCHEDULED"] }, name: { any_: ["Running"] } } } },
    ["four", "run-One", "run-two", "three"],
  ],
  ["a version", { flow_runs: { flow_version: { any_: ["1"] } } }, ["run-One"]],
  ["a start no later than", { flow_runs: { start_time: { before_: "2026-11-23T12:00:00Z" } } }, ["run-One"]],
  ["a start no earlier than", { flow_runs: { start_time: { after_: "2026-11-23T12:00:01Z" } } }, ["run-two"]],
  ["no start yet", { flow_runs: { start_time: { is_null_: true } } }, ["four", "three"]],
  [
    "an expected start, its own moment included, in another zone",
    { flow_runs: { expected_start_time: { after_: "2026-11-23T15:00:00+01:00" } } },
    ["four", "three"],
  ],
  [
    "the next scheduled start",
    { flow_runs: { next_scheduled_start_time: { before_: "2026-11-23T19:00:00Z" } } },
    ["three"],
  ],
  ["a parent", { flow_runs: { parent_task_run_id: { any_: ["@task-a"] } } }, ["four"]],
  ["no parent", { flow_runs: { parent_task_run_id: { is_null_: true } } }, ["run-One", "run-two", "three"]],
  ["their flow", { flows: { name: { any_: ["beta"] } } }, ["four", "three"]],
  ["their task runs", { task_runs: { tags: { all_: ["t"] } } }, ["run-One"]],
  ["their deployment", { deployments: { tags: { all_: ["prod"] } } }, ["run-two"]],
  ["their pool", { work_pools: { name: { any_: ["cluster"] } } }, ["three"]],
  ["their pool's type", { work_pools: { type: { any_: ["prefect-agent"] } } }, ["run-two"]],
  ["their queue", { work_pool_queues: { name: { startswith_: ["FA", "zz"] } } }, ["run-two"]],
  [
    "flow and deployment together",
    { flows: { name: { any_: ["beta"] } }, deployments: { name: { any_: ["daily"] } } },
    [],
  ],
];

const taskCases: Case[] = [
  ["nothing", {}, ["task-a", "task-b"]],
  ["part of a name", { task_runs: { name: { like_: "-A" } } }, ["task-a"]],
  ["tags", { task_runs: { tags: { all_: ["t"] } } }, ["task-a"]],
  ["a state", { task_runs: { state: { name: { any_: ["Pending"] } } } }, ["task-b"]],
  ["no start yet", { task_runs: { start_time: { is_null_: true } } }, ["task-b"]],
  ["a subflow", { task_runs: { subflow_runs: { exists_: true } } }, ["task-a"]],
  ["no subflow", { task_runs: { subflow_runs: { exists_: false } } }, ["task-b"]],
  ["their run", { flow_runs: { name: { any_: ["run-two"] } } }, ["task-b"]],
  ["their flow", { flows: { name: { any_: ["Alpha"] } } }, ["task-a", "task-b"]],
  ["their deployment", { deployments: { name: { any_: ["daily"] } } }, ["task-b"]],
];

const deploymentCases: Case[] = [
  ["nothing", {}, ["daily", "hourly"]],
  ["a name", { deployments: { name: { any_: ["daily"] } } }, ["daily"]],
  ["part of a name", { deployments: { name: { like_: "OUR" } } }, ["hourly"]],
  ["an active schedule", { deployments: { is_schedule_active: { eq_: true } } }, ["daily"]],
  ["an inactive schedule", { deployments: { is_schedule_active: { eq_: false } } }, ["hourly"]],
  ["tags", { deployments: { tags: { all_: ["prod"] } } }, ["daily"]],
  ["no tags", { deployments: { tags: { is_null_: true } } }, ["hourly"]],
  ["a queue's name", { deployments: { work_queue_name: { any_: ["fast"] } } }, ["daily"]],
  ["their flow", { flows: { name: { any_: ["beta"] } } }, ["hourly"]],
  ["their runs", { flow_runs: { name: { any_: ["run-two"] } } }, ["daily"]],
  ["their task runs", { task_runs: { name: { any_: ["task-b"] } } }, ["daily"]],
  ["their pool", { work_pools: { name: { any_: ["cluster"] } } }, ["hourly"]],
  ["their queue", { work_pool_queues: { name: { any_: ["default"] } } }, ["hourly"]],
];

for (const [resource, cases] of [
  ["flows", flowCases],
  ["flow_runs", runCases],
  ["task_runs", taskCases],
  ["deployments", deploymentCases],
] as const) {
  describe(`${resource} filtered by`, () => {
    for (const [title, filter, found] of cases) {
      test(`${title}: ${found.join(", ") || "none"}`, async () => {
        expect(await names(resource, filter)).toEqual(found);
      });
    }
  });
}

describe("what a filter refuses", () => {
  const cases: [title: string, body: object][] = [
    ["an unknown field", { flows: { colour: { any_: ["red"] } } }],
    ["an unknown operator", { flows: { name: { unlike_: "a" } } }],
    ["an id that is none", { flows: { id: { any_: ["7"] } } }],
    ["a value that is no list", { flows: { id: { any_: "x" } } }],
    ["an unknown way to combine", { flows: { operator: "xor_" } }],
    ["an unknown sort", { sort: "COLOUR" }],
    ["a negative offset", { offset: -1 }],
  ];
  for (const [title, body] of cases) {
    test(`${title} is a 422`, async () => {
      expect((await app.send("POST", "/flows/filter", body)).status).toBe(422);
    });
  }

  test("keys beside the filters are ignored, as on the old server", async () => {
    expect((await app.send("POST", "/flows/filter", { bogus: 2 })).status).toBe(200);
  });
});

describe("pages", () => {
  const page = async (body: object) =>
    ((await app.send("POST", "/flows/filter", body)).body as { name: string }[]).map(({ name }) => name);

  test("are cut by limit and offset after sorting", async () => {
    expect(await page({ sort: "NAME_ASC", limit: 2 })).toEqual(["Alpha", "beta"]);
    expect(await page({ sort: "NAME_ASC", limit: 2, offset: 2 })).toEqual(["gamma_x"]);
    expect(await page({ sort: "NAME_DESC", limit: 1 })).toEqual(["gamma_x"]);
    expect(await page({ limit: 0 })).toEqual([]);
  });

  for (const [limit, sentence] of [
    [201, "Invalid limit: must be less than or equal to 200."],
    [-1, "Invalid limit: must be greater than or equal to 0."],
  ] as const) {
    test(`a limit of ${limit} is refused in a shape of its own`, async () => {
      const answer = await app.send("POST", "/flows/filter", { limit });
      expect(answer as unknown).toEqual({ status: 422, body: { detail: sentence } });
    });
  }
});
