// Work pools, their queues and workers; and the flat queues of the default pool.
import type { Talk } from "../talk.ts";
import { aFlow, BROKEN, each, NOBODY, OWN_WORDS } from "./shared.ts";

const TEMPLATE = {
  job_configuration: { command: "{{ command }}" },
  variables: { type: "object", properties: { command: { type: "string" } }, required: [] },
};

export async function workPools(talk: Talk): Promise<void> {
  const pool = await talk("POST /work_pools/", { name: "pool 1" });
  await talk("POST /work_pools/", { name: "pool 1" });
  await talk("POST /work_pools/", {
    name: "pool 2",
    type: "process",
    description: "d",
    concurrency_limit: 2,
    is_paused: true,
    base_job_template: TEMPLATE,
  });
  await each(talk, "POST /work_pools/", [
    { name: "prefect-x" },
    { name: "Prefect x" },
    { name: "a/b" },
    { name: "x 1", concurrency_limit: -1 },
    { name: "x 2", bogus: 1 },
    { name: "x 3", base_job_template: { job_configuration: {} } },
    { name: "x 4", base_job_template: { job_configuration: { a: "{{ b }}" }, variables: { properties: { c: {} } } } },
    { name: "x 5", base_job_template: null },
  ]);
  await talk("POST /work_pools/", {}, BROKEN);
  await talk("GET /work_pools/pool%201");
  await talk("GET /work_pools/nobody");
  await talk("PATCH /work_pools/pool%201", { description: "new", is_paused: true, concurrency_limit: 5 });
  await talk("PATCH /work_pools/pool%201", { is_paused: false, concurrency_limit: null });
  await talk("PATCH /work_pools/pool%201", { name: "x" });
  await talk("PATCH /work_pools/pool%201", { concurrency_limit: -1 });
  await talk("PATCH /work_pools/nobody", { is_paused: true });
  await talk("GET /work_pools/pool%201");
  for (const work_pools of [
    { name: { any_: ["pool 1"] } },
    { type: { any_: ["process"] } },
    { id: { any_: [pool.id] } },
    { operator: "or_", name: { any_: ["pool 1"] }, type: { any_: ["process"] } },
    {},
  ]) {
    await talk("POST /work_pools/filter", { work_pools });
  }
  await each(talk, "POST /work_pools/filter", [{}, { limit: 1 }, { limit: 201 }, { work_pools: { bogus: 1 } }]);
  await talk("POST /work_pools/filter");

  const queues = "/work_pools/pool%201/queues";
  await talk(`POST ${queues}`, { name: "high 1", priority: 1 });
  await talk(`POST ${queues}`, { name: "low 1", concurrency_limit: 1, description: "d" });
  await talk(`POST ${queues}`, { name: "middle 1", priority: 2 });
  await talk(
    `POST ${queues}`,
    { name: "low 1" },
    { differs: { status: 409, because: "the old server's sentence shows its template" } },
  );
  await each(talk, `POST ${queues}`, [
    { name: "a/b" },
    { name: "x 1", priority: 0 },
    { name: "x 2", concurrency_limit: -1 },
    { name: "x 3", bogus: 1 },
  ]);
  await talk("POST /work_pools/nobody/queues", { name: "x 4" });
  await talk(`POST ${queues}/filter`, {});
  await talk(`POST ${queues}/filter`, { limit: 1, offset: 1 });
  await talk(`POST ${queues}/filter`, { work_queues: { name: { startswith_: ["LOW", "hi"] } } });
  await talk("POST /work_pools/nobody/queues/filter", {});
  await talk(`GET ${queues}/high%201`);
  await talk(`GET ${queues}/nobody`);
  await talk(`PATCH ${queues}/low%201`, { priority: 1, is_paused: true });
  await talk(`PATCH ${queues}/nobody`, { priority: 1 });
  await talk(`PATCH ${queues}/low%201`, { bogus: 1 });
  await talk(`POST ${queues}/filter`, {});
  await talk(`PATCH ${queues}/low%201`, { is_paused: false });

  const flow_id = await aFlow(talk, "etl 1");
  const run = async (name: string, queue: string, time: string) => {
    const deployment = await talk("POST /deployments/", {
      flow_id,
      name: `of ${queue}`,
      work_pool_name: "pool 1",
      work_queue_name: queue,
    });
    const state = { type: "SCHEDULED", state_details: { scheduled_time: time } };
    return talk(`POST /deployments/${deployment.id}/create_flow_run`, { name, state });
  };
  await run("second", "middle 1", "2023-01-01T00:00:00Z");
  await run("first", "low 1", "2023-01-02T00:00:00Z");
  await run("third", "low 1", "2023-01-03T00:00:00Z");
  await run("future", "high 1", "2031-01-01T00:00:00Z");
  const scheduled = "POST /work_pools/pool%201/get_scheduled_flow_runs";
  await talk(scheduled, {});
  await talk(scheduled, { limit: 1 });
  await talk(scheduled, { work_queue_names: ["middle 1"] });
  await talk(scheduled, { work_queue_names: ["nobody"] });
  await talk(scheduled, { scheduled_before: "2023-06-01T00:00:00Z", scheduled_after: "2023-01-02T00:00:00Z" });
  await talk(scheduled, { scheduled_before: "2032-01-01T00:00:00Z" });
  await talk("POST /work_pools/nobody/get_scheduled_flow_runs", {});
  await talk(`PATCH ${queues}/low%201`, { is_paused: true });
  await talk(scheduled, {});
  await talk("PATCH /work_pools/pool%201", { is_paused: true });
  await talk(scheduled, {});

  const workers = "/work_pools/pool%202/workers";
  await talk(`POST ${workers}/heartbeat`, { name: "worker 1" });
  await talk(`POST ${workers}/heartbeat`, { name: "worker 1" });
  await talk(`POST ${workers}/heartbeat`, {});
  await talk("POST /work_pools/nobody/workers/heartbeat", { name: "worker 1" });
  await talk(`POST ${workers}/filter`, {});
  await talk(`POST ${workers}/filter`, { workers: { last_heartbeat_time: { before_: "2023-01-01T00:00:00Z" } } });
  await talk("POST /work_pools/nobody/workers/filter", {});

  await talk(`DELETE ${queues}/low%201`);
  await talk(`DELETE ${queues}/low%201`);
  await talk(`POST ${queues}/filter`, {});
  await talk(`DELETE ${queues}/default`, undefined, BROKEN_QUEUE);
  await talk("DELETE /work_pools/pool%201");
  await talk("DELETE /work_pools/pool%201");
  await talk("POST /deployments/filter", { sort: "NAME_ASC", limit: 1 });
}

const BROKEN_QUEUE = { differs: { status: 409, because: "the old server answers 500" } } as const;

export async function workQueues(talk: Talk): Promise<void> {
  const night = await talk("POST /work_queues/", {
    name: "night 1",
    description: "d",
    concurrency_limit: 1,
    priority: 7,
  });
  await talk("POST /work_queues/", { name: "night 1" });
  const day = await talk("POST /work_queues/", { name: "day 2", is_paused: true });
  const legacy = await talk("POST /work_queues/", { name: "legacy 3", filter: { tags: ["t"], deployment_ids: null } });
  await each(talk, "POST /work_queues/", [
    { name: "a/b" },
    { name: "x 1", concurrency_limit: -1 },
    { name: "x 2", bogus: 1 },
  ]);
  await talk("POST /work_queues/", {}, BROKEN);
  await talk(`GET /work_queues/${night.id}`);
  await talk(`GET /work_queues/${NOBODY}`);
  await talk("GET /work_queues/name/night%201");
  await talk("GET /work_queues/name/nobody");
  await talk(`PATCH /work_queues/${night.id}`, { description: "new", concurrency_limit: 2 });
  await talk(`PATCH /work_queues/${day.id}`, { is_paused: false });
  await talk(
    `PATCH /work_queues/${NOBODY}`,
    { is_paused: true },
    { differs: { status: 404, because: "the old server's sentence shows a function instead of the id" } },
  );
  await talk(`PATCH /work_queues/${night.id}`, { bogus: 1 });
  await each(talk, "POST /work_queues/filter", [
    {},
    { limit: 1 },
    { limit: 201 },
    { work_queues: { name: { any_: ["day 2"] } } },
    { work_queues: { name: { startswith_: ["NI", "leg"] } } },
    { work_queues: { id: { any_: [day.id] } } },
    { work_queues: { bogus: 1 } },
  ]);
  await talk("POST /work_queues/filter");

  const flow_id = await aFlow(talk, "etl 1");
  const deployment = await talk("POST /deployments/", {
    flow_id,
    name: "prod 1",
    work_queue_name: "night 1",
    tags: ["t"],
  });
  const due = (time: string) => ({ type: "SCHEDULED", state_details: { scheduled_time: time } });
  const create = `POST /deployments/${deployment.id}/create_flow_run`;
  const first = await talk(create, { name: "run 1", state: due("2023-01-02T00:00:00Z") });
  await talk(create, { name: "run 2", state: due("2023-01-01T00:00:00Z") });
  await talk(create, { name: "run 3", state: due("2031-01-01T00:00:00Z") });
  const runs = `POST /work_queues/${night.id}/get_runs`;
  await talk(runs, {});
  await talk(runs, { limit: 1 });
  await talk(runs, { scheduled_before: "2023-01-01T12:00:00Z" });
  await talk(runs, { scheduled_before: "2032-01-01T00:00:00Z", limit: 200 });
  await talk(`POST /work_queues/${NOBODY}/get_runs`, {});
  await talk("POST /work_queues/x/get_runs", {});
  await talk(runs, { limit: -1 });
  await talk(runs, { agent_id: "x" });
  await talk(`POST /flow_runs/${first.id}/set_state`, { state: { type: "PENDING" } });
  await talk(runs, { scheduled_before: "2032-01-01T00:00:00Z" });
  await talk(`GET /work_queues/${night.id}/status`);
  await talk(`GET /work_queues/${NOBODY}/status`);
  await talk(`PATCH /work_queues/${night.id}`, { is_paused: true });
  await talk(runs, {});
  await talk(`POST /work_queues/${legacy.id}/get_runs`, {});
  await talk(`DELETE /work_queues/${day.id}`);
  await talk(`DELETE /work_queues/${day.id}`);
  const standard = (await talk("GET /work_queues/name/default")).id;
  await talk(`DELETE /work_queues/${standard}`, undefined, OWN_WORDS);
  await talk(`DELETE /work_queues/${night.id}`);
  await talk(`GET /deployments/${deployment.id}`);
}
