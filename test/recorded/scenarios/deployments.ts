// Deployments: upserted by flow and name, scheduled, run, and deleted with the runs that wait.
import type { Talk } from "../talk.ts";
import { aFlow, BROKEN, each, NOBODY } from "./shared.ts";

const DAILY = { cron: "0 5 * * *", timezone: "Europe/Berlin" };

export async function deployments(talk: Talk): Promise<void> {
  const flow_id = await aFlow(talk, "etl 1");
  const plain = await talk("POST /deployments/", { flow_id, name: "plain 1" });
  const full = await talk("POST /deployments/", {
    ...{ flow_id, name: "full 1", version: "v1", description: "what it does", tags: ["b", "a"], schedule: DAILY },
    ...{ parameters: { x: 1, deep: { y: [null] } }, infra_overrides: { env: { A: "1" } }, entrypoint: "flows.py:etl" },
    ...{ path: "/code", manifest_path: null, work_queue_name: "night 1", is_schedule_active: false },
    parameter_openapi_schema: { title: "Parameters", type: "object", properties: { x: { type: "integer" } } },
  });
  await talk("POST /deployments/", { flow_id, name: "full 1" });
  await talk(`GET /deployments/${full.id}`);
  await talk("POST /deployments/", { flow_id, name: "full 1", tags: ["a"], schedule: DAILY, parameters: { x: 1 } });
  for (const schedule of [
    { interval: 3600, anchor_date: "2023-01-01T00:00:00Z" },
    { interval: 90.5, anchor_date: "2023-01-01T00:00:00+02:00", timezone: "Europe/Berlin" },
    { interval: "PT1H", anchor_date: "2023-01-01T00:00:00" },
    { rrule: "FREQ=DAILY;BYHOUR=5" },
    { rrule: "DTSTART:20230101T090000\nRRULE:FREQ=WEEKLY", timezone: "America/New_York" },
    { cron: "*/5 * * * *", day_or: false },
    null,
  ]) {
    await talk("POST /deployments/", { flow_id, name: "timed 1", schedule });
  }
  for (const schedule of [
    { interval: 0 },
    { interval: -5 },
    { cron: "not cron" },
    { cron: "* * * *" },
    { rrule: "FREQ=NEVER" },
    { cron: "0 5 * * *", timezone: "Mars/Olympus" },
    {},
    "daily",
  ]) {
    await talk("POST /deployments/", { flow_id, name: "bad 1", schedule });
  }
  await each(talk, "POST /deployments/", [
    { flow_id, name: "a/b" },
    { flow_id: "x", name: "bad 2" },
    { flow_id: NOBODY, name: "bad 3" },
    { flow_id, name: "bad 4", bogus: 1 },
    { flow_id, name: "bad 5", work_pool_name: "nowhere" },
    { flow_id, name: "bad 6", infrastructure_document_id: NOBODY },
    { flow_id, name: "bad 7", storage_document_id: NOBODY },
    { flow_id, name: "bad 8", parameters: "x" },
    { flow_id, name: "bad 9", is_schedule_active: "maybe" },
    { flow_id, name: "old 1", worker_pool_name: "x", work_pool_queue_name: "y" },
  ]);
  await talk("POST /deployments/", {}, BROKEN);

  await talk("GET /deployments/name/etl%201/full%201");
  await talk("GET /deployments/name/etl%201/nobody");
  await talk("GET /deployments/name/nobody/full%201");
  await talk(`GET /deployments/${NOBODY}`);
  await talk("GET /deployments/x");

  await talk(`PATCH /deployments/${full.id}`, { description: "new", tags: [] });
  await talk(`PATCH /deployments/${full.id}`, { work_queue_name: "day 1" });
  await talk(`PATCH /deployments/${full.id}`, { is_schedule_active: false, schedule: null });
  await talk(`PATCH /deployments/${full.id}`, { name: "other" });
  await talk(`PATCH /deployments/${full.id}`, { parameters: null });
  await talk(`PATCH /deployments/${NOBODY}`, { description: "x" });
  await talk(`GET /deployments/${full.id}`);

  const scheduled = await talk("POST /deployments/", { flow_id, name: "timed 2", schedule: DAILY, tags: ["t"] });
  await talk(`POST /deployments/${scheduled.id}/schedule`, {
    start_time: "2031-01-01T00:00:00Z",
    end_time: "2031-01-03T00:00:00Z",
  });
  await talk(`POST /deployments/${scheduled.id}/schedule`, {
    start_time: "2031-01-01T00:00:00Z",
    end_time: "2031-01-03T00:00:00Z",
  });
  await talk(`POST /deployments/${scheduled.id}/schedule`, {
    start_time: "2032-01-01T00:00:00Z",
    max_runs: 2,
    min_runs: 1,
    min_time: 60,
  });
  await talk("POST /flow_runs/filter", {
    sort: "EXPECTED_START_TIME_ASC",
    deployments: { id: { any_: [scheduled.id] } },
  });
  await talk(`POST /deployments/${scheduled.id}/set_schedule_inactive`);
  await talk("POST /flow_runs/count", { deployments: { id: { any_: [scheduled.id] } } });
  await talk(`POST /deployments/${scheduled.id}/schedule`, { start_time: "2031-01-01T00:00:00Z" });
  await talk(`POST /deployments/${scheduled.id}/set_schedule_active`);
  await talk(`GET /deployments/${scheduled.id}`);
  await talk(`POST /deployments/${NOBODY}/schedule`, {});
  await talk(`POST /deployments/${NOBODY}/set_schedule_active`);
  await talk(`POST /deployments/${NOBODY}/set_schedule_inactive`);

  await talk("POST /deployments/", {
    flow_id,
    name: "runs 1",
    tags: ["a"],
    parameters: { x: 1, y: 2 },
    work_queue_name: "night 1",
  });
  const runs = await talk("GET /deployments/name/etl%201/runs%201");
  const create = `POST /deployments/${runs.id}/create_flow_run`;
  await talk(create, {});
  await talk(create, { name: "named 1", parameters: { y: 3, z: 4 }, tags: ["a", "c"], context: { k: 1 } });
  await talk(create, {
    name: "later 1",
    state: { type: "SCHEDULED", state_details: { scheduled_time: "2031-05-01T00:00:00Z" } },
  });
  await talk(create, { name: "once 1", idempotency_key: "k1" });
  await talk(create, { name: "twice 1", idempotency_key: "k1" });
  await talk(create, { name: "retried 1", empirical_policy: { retries: 3, retry_delay: 10 } });
  await talk(create, { infrastructure_document_id: NOBODY });
  await talk(create, { bogus: 1 });
  await talk(create, { state: { type: "BOGUS" } });
  await talk(`POST /deployments/${NOBODY}/create_flow_run`, {});

  for (const filter of [
    { deployments: { name: { any_: ["full 1", "plain 1"] } } },
    { deployments: { name: { like_: "TIMED" } } },
    { deployments: { is_schedule_active: { eq_: false } } },
    { deployments: { tags: { all_: ["a"] } } },
    { deployments: { tags: { is_null_: true } } },
    { deployments: { work_queue_name: { any_: ["night 1"] } } },
    { deployments: { operator: "or_", name: { any_: ["plain 1"] }, tags: { all_: ["a"] } } },
    { deployments: { id: { any_: [plain.id] } } },
    { flows: { name: { any_: ["nobody"] } } },
    { flow_runs: { name: { any_: ["named 1"] } } },
    { work_pools: { name: { any_: ["default-agent-pool"] } } },
    { work_pool_queues: { name: { any_: ["day 1"] } } },
  ]) {
    await talk("POST /deployments/filter", { sort: "NAME_ASC", ...filter });
    await talk("POST /deployments/count", filter);
  }
  for (const sort of ["NAME_DESC", "CREATED_DESC", "UPDATED_DESC", "BOGUS"]) {
    await talk("POST /deployments/filter", { sort, limit: 3 });
  }
  await talk(`GET /deployments/${runs.id}/work_queue_check`, undefined, { unordered: true });
  await talk(`GET /deployments/${NOBODY}/work_queue_check`);

  await talk(`DELETE /deployments/${runs.id}`);
  await talk(`DELETE /deployments/${runs.id}`);
  await talk("POST /flow_runs/count", { flow_runs: { deployment_id: { any_: [runs.id] } } });
  await talk("DELETE /deployments/x");
}
