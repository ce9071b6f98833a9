// Flow runs: created in any state, filtered in every way, moved from state to state.
import type { Talk } from "../talk.ts";
import { aFlow, BROKEN, each, NOBODY } from "./shared.ts";

const at = (time: string) => ({ type: "SCHEDULED", state_details: { scheduled_time: time } });

export async function flowRuns(talk: Talk): Promise<void> {
  const flow_id = await aFlow(talk, "etl 1");
  const plain = await talk("POST /flow_runs/", { flow_id });
  await talk("POST /flow_runs/", { flow_id, name: null, state: null });
  const full = await talk("POST /flow_runs/", {
    ...{ flow_id, name: "full 1", flow_version: "v1", parameters: { x: [1] }, context: { a: "b" }, tags: ["t", "u"] },
    ...{ idempotency_key: "key 1", empirical_policy: { retries: 2, retry_delay: 5 }, deployment_id: NOBODY },
    state: { type: "RUNNING", name: "Busy", message: "at work" },
  });
  await talk("POST /flow_runs/", { flow_id, name: "again 1", idempotency_key: "key 1" });
  const planned = await talk("POST /flow_runs/", { flow_id, name: "planned 1", state: at("2031-01-01T00:00:00Z") });
  for (const type of ["COMPLETED", "FAILED", "CRASHED", "CANCELLED", "PAUSED", "CANCELLING", "PENDING", "SCHEDULED"]) {
    await talk("POST /flow_runs/", { flow_id, name: `made ${type}`, state: { type } });
  }
  await each(talk, "POST /flow_runs/", [
    { flow_id: NOBODY },
    { flow_id: "x" },
    { flow_id, bogus: 1 },
    { flow_id, state: { type: "BOGUS" } },
    { flow_id, state: { type: "RUNNING", bogus: 1 } },
    { flow_id, parameters: "x" },
    { flow_id, tags: null },
    { flow_id, parent_task_run_id: NOBODY },
  ]);
  await talk("POST /flow_runs/", {}, BROKEN);

  await talk(`GET /flow_runs/${full.id}`);
  await talk(`GET /flow_runs/${NOBODY}`);
  await talk("GET /flow_runs/x");
  await talk(`PATCH /flow_runs/${full.id}`, {
    name: "renamed 1",
    tags: ["t"],
    parameters: { x: 2 },
    infrastructure_pid: "host:1",
  });
  await talk(`PATCH /flow_runs/${full.id}`, {});
  await talk(`PATCH /flow_runs/${full.id}`, { empirical_policy: { retries: 1, pause_keys: ["a"], resuming: true } });
  await talk(`PATCH /flow_runs/${full.id}`, { flow_id });
  await talk(`PATCH /flow_runs/${NOBODY}`, { name: "x" });
  await talk(`GET /flow_runs/${full.id}`);

  const task = await talk("POST /task_runs/", {
    flow_run_id: full.id,
    task_key: "t",
    dynamic_key: "0",
    name: "task 1",
  });
  await talk("POST /flow_runs/", { flow_id, name: "child 1", parent_task_run_id: task.id, state: { type: "RUNNING" } });
  for (const filter of [
    { flow_runs: { name: { any_: ["planned 1", "renamed 1"] } } },
    { flow_runs: { name: { like_: "MADE C" } } },
    { flow_runs: { id: { any_: [full.id] } } },
    { flow_runs: { id: { not_any_: [full.id] }, name: { like_: "med" } } },
    { flow_runs: { tags: { all_: ["t"] } } },
    { flow_runs: { tags: { is_null_: false } } },
    { flow_runs: { deployment_id: { is_null_: false } } },
    { flow_runs: { deployment_id: { any_: [NOBODY] } } },
    { flow_runs: { deployment_id: { operator: "or_", any_: [NOBODY], is_null_: true }, name: { like_: "ed 1" } } },
    { flow_runs: { work_queue_name: { is_null_: false } } },
    { flow_runs: { state: { type: { any_: ["FAILED", "CRASHED"] } } } },
    { flow_runs: { state: { name: { any_: ["Busy", "Cancelled"] } } } },
    { flow_runs: { state: { operator: "or_", type: { any_: ["FAILED"] }, name: { any_: ["Busy"] } } } },
    { flow_runs: { flow_version: { any_: ["v1"] } } },
    { flow_runs: { start_time: { is_null_: false } } },
    { flow_runs: { start_time: { before_: "2023-01-01T00:00:00Z" } } },
    { flow_runs: { expected_start_time: { after_: "2031-01-01T00:00:00Z" } } },
    { flow_runs: { expected_start_time: { before_: "2031-01-01T00:00:00Z", after_: "2031-01-01T00:00:00Z" } } },
    { flow_runs: { next_scheduled_start_time: { after_: "2030-01-01T00:00:00Z" } } },
    { flow_runs: { parent_task_run_id: { is_null_: false } } },
    { flow_runs: { parent_task_run_id: { any_: [task.id] } } },
    { flow_runs: { operator: "or_", name: { any_: ["child 1"] }, tags: { all_: ["t"] } } },
    { flows: { name: { any_: ["nobody"] } } },
    { task_runs: { name: { any_: ["task 1"] } } },
    { deployments: { name: { any_: ["x"] } } },
  ]) {
    await talk("POST /flow_runs/filter", { sort: "NAME_ASC", ...filter });
    await talk("POST /flow_runs/count", filter);
  }
  for (const sort of [
    "NAME_DESC",
    "START_TIME_ASC",
    "START_TIME_DESC",
    "EXPECTED_START_TIME_ASC",
    "NEXT_SCHEDULED_START_TIME_ASC",
    "END_TIME_DESC",
  ]) {
    await talk("POST /flow_runs/filter", { sort, limit: 200, flow_runs: { name: { any_: ["planned 1"] } } });
  }
  await each(talk, "POST /flow_runs/filter", [
    { limit: 201 },
    { sort: "CREATED_DESC" },
    { flow_runs: { start_time: { before_: "yesterday" } } },
    { flow_runs: { start_time: { before_: 5 } } },
    { flow_runs: { state: { type: { any_: ["BOGUS"] } } } },
    { flow_runs: { state: { bogus: 1 } } },
  ]);

  const set = (id: string, state: object, force?: boolean) =>
    talk(`POST /flow_runs/${id}/set_state`, force === undefined ? { state } : { state, force });
  await set(plain.id, { type: "PENDING" });
  await set(plain.id, { type: "RUNNING", message: "go" });
  await set(plain.id, { type: "RUNNING" });
  await set(plain.id, { type: "PAUSED", state_details: { pause_key: "k", pause_timeout: "2031-01-01T00:00:00Z" } });
  await talk(`POST /flow_runs/${plain.id}/resume`);
  await talk(`POST /flow_runs/${plain.id}/resume`);
  await set(plain.id, { type: "PAUSED", state_details: { pause_key: "k", pause_timeout: "2031-01-01T00:00:00Z" } });
  await set(plain.id, { type: "COMPLETED", data: { type: "reference", storage_block_id: NOBODY, storage_key: "a" } });
  await set(plain.id, { type: "RUNNING" });
  await set(plain.id, { type: "RUNNING" }, true);
  await set(plain.id, { type: "FAILED", name: "Broken", message: "why" }, true);
  await set(plain.id, { type: "SCHEDULED", name: "AwaitingRetry" });
  await set(full.id, { type: "FAILED" });
  await set(planned.id, { type: "PENDING" });
  await set(planned.id, { type: "RUNNING" });
  await set(planned.id, { type: "CANCELLING" });
  await set(planned.id, { type: "CANCELLED" });
  await set(NOBODY, { type: "RUNNING" });
  await set(plain.id, { type: "BOGUS" });
  await talk(`POST /flow_runs/${plain.id}/set_state`, {});
  await talk(`POST /flow_runs/${plain.id}/set_state`, { state: { type: "RUNNING" }, force: "perhaps" });
  await talk(`POST /flow_runs/${NOBODY}/resume`, undefined, {
    differs: { status: 404, because: "the old server answers 500" },
  });
  const states = await talk(`GET /flow_run_states/?flow_run_id=${plain.id}`);
  const [first] = states.body as { id: string }[];
  await talk(`GET /flow_run_states/${first?.id}`);
  await talk(`GET /flow_run_states/${NOBODY}`);
  await talk(`GET /flow_run_states/?flow_run_id=${NOBODY}`);
  await talk("GET /flow_run_states/");
  await talk("GET /flow_run_states/?flow_run_id=x");
  await talk(`GET /flow_runs/${full.id}/graph`);
  await talk(`GET /flow_runs/${NOBODY}/graph`);

  await talk(`DELETE /flow_runs/${planned.id}`);
  await talk(`DELETE /flow_runs/${planned.id}`);
}
