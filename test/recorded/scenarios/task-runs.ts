// Task runs: one for each dynamic key, with slots, caches and retries.
import type { Talk } from "../talk.ts";
import { aFlow, BROKEN, each, NOBODY } from "./shared.ts";

export async function taskRuns(talk: Talk): Promise<void> {
  const flow_id = await aFlow(talk, "etl 1");
  const flow_run_id = (await talk("POST /flow_runs/", { flow_id, name: "run 1", state: { type: "RUNNING" } })).id;
  const make = (dynamic_key: string, fields: object = {}) =>
    talk("POST /task_runs/", { flow_run_id, task_key: "t", dynamic_key, name: `task ${dynamic_key}`, ...fields });
  const set = (id: string, state: object, force?: boolean) =>
    talk(`POST /task_runs/${id}/set_state`, force === undefined ? { state } : { state, force });

  const first = await make("0");
  await make("0", { name: "again" });
  const full = await make("1", {
    ...{ tags: ["b", "a"], task_version: "v1", cache_key: "c", cache_expiration: "2031-01-01T00:00:00Z" },
    ...{ empirical_policy: { retries: 1, retry_delay: 5, retry_jitter_factor: 0.5 }, state: { type: "PENDING" } },
    task_inputs: {
      x: [{ input_type: "task_run", id: first.id }],
      y: [{ input_type: "parameter", name: "p" }],
      z: [{ input_type: "constant", type: "int" }],
    },
  });
  await make("2", { empirical_policy: { retries: 2, retry_delay: [1, 2] }, state: { type: "SCHEDULED" } });
  await make("3", { cache_key: "x".repeat(2001) });
  await make("4", { flow_run_id: NOBODY });
  await make("5", { flow_run_id: "x" });
  await make("6", { bogus: 1 });
  await make("7", { state: { type: "BOGUS" } });
  await make("8", { empirical_policy: { retry_jitter_factor: -1 } });
  await make("9", { tags: null });
  await talk("POST /task_runs/", {}, BROKEN);

  await talk(`GET /task_runs/${full.id}`);
  await talk(`GET /task_runs/${NOBODY}`);
  await talk(`PATCH /task_runs/${full.id}`, { name: "renamed 1" });
  await talk(`PATCH /task_runs/${full.id}`, { tags: [] });
  await talk(`PATCH /task_runs/${NOBODY}`, { name: "x" });
  await talk(`GET /task_runs/${full.id}`);

  await set(first.id, { type: "RUNNING" });
  await set(first.id, { type: "RUNNING" });
  await set(first.id, { type: "COMPLETED", data: { type: "literal", value: 1 }, state_details: { cache_key: "k" } });
  await set(first.id, { type: "RUNNING" });
  const cached = await make("10");
  await set(cached.id, { type: "RUNNING", state_details: { cache_key: "k" } });
  const fresh = await make("11");
  await set(fresh.id, { type: "RUNNING", state_details: { cache_key: "k", refresh_cache: true } });
  const other = await make("12");
  await set(other.id, { type: "RUNNING", state_details: { cache_key: "other" } });

  await set(full.id, { type: "RUNNING" });
  await set(full.id, { type: "FAILED", message: "once" });
  await set(full.id, { type: "RUNNING" });
  await set(full.id, { type: "RUNNING" }, true);
  await set(full.id, { type: "FAILED", message: "twice" });
  await set(full.id, { type: "PENDING" }, true);

  await talk("POST /concurrency_limits/", { tag: "slow", concurrency_limit: 1 });
  await talk("POST /concurrency_limits/", { tag: "never", concurrency_limit: 0 });
  const holder = await make("13", { tags: ["slow"] });
  const waiter = await make("14", { tags: ["slow"] });
  const barred = await make("15", { tags: ["never"] });
  await set(holder.id, { type: "RUNNING" });
  await set(waiter.id, { type: "RUNNING" });
  await set(barred.id, { type: "RUNNING" });
  await talk("GET /concurrency_limits/tag/slow");
  await set(holder.id, { type: "COMPLETED" });
  await talk("GET /concurrency_limits/tag/slow");
  await set(waiter.id, { type: "RUNNING" });
  await set(waiter.id, { type: "CRASHED" });

  await set(NOBODY, { type: "RUNNING" });
  await set(first.id, { type: "BOGUS" });
  await set(first.id, { type: "COMPLETED", bogus: 1 });
  const states = (await talk(`GET /task_run_states/?task_run_id=${full.id}`)).body as { id: string }[];
  await talk(`GET /task_run_states/${states[0]?.id}`);
  await talk(`GET /task_run_states/${NOBODY}`);
  await talk("GET /task_run_states/");
  await talk(`GET /flow_runs/${flow_run_id}/graph`, undefined, {
    differs: { status: 200, because: "the old server answers 500 when a task took a parameter" },
  });

  for (const filter of [
    { task_runs: { name: { any_: ["task 0", "renamed 1"] } } },
    { task_runs: { name: { like_: "ASK 1" } } },
    { task_runs: { tags: { all_: ["slow"] } } },
    { task_runs: { tags: { is_null_: true } } },
    { task_runs: { state: { type: { any_: ["COMPLETED"] } } } },
    { task_runs: { state: { name: { any_: ["Cached"] } } } },
    { task_runs: { start_time: { is_null_: true } } },
    { task_runs: { subflow_runs: { exists_: true } } },
    { task_runs: { subflow_runs: { exists_: false }, id: { any_: [first.id] } } },
    { task_runs: { operator: "or_", name: { any_: ["task 0"] }, tags: { all_: ["never"] } } },
    { flow_runs: { name: { any_: ["run 1"] } }, task_runs: { id: { any_: [first.id] } } },
    { flows: { name: { any_: ["nobody"] } } },
    { deployments: { name: { any_: ["x"] } } },
  ]) {
    await talk("POST /task_runs/filter", { sort: "NAME_ASC", ...filter });
    await talk("POST /task_runs/count", filter);
  }
  for (const sort of ["NAME_DESC", "EXPECTED_START_TIME_ASC", "EXPECTED_START_TIME_DESC", "END_TIME_DESC"]) {
    await talk("POST /task_runs/filter", { sort, task_runs: { name: { any_: ["task 0"] } } });
  }
  await each(talk, "POST /task_runs/filter", [{ sort: "START_TIME_ASC" }, { limit: 201 }, { task_runs: { bogus: 1 } }]);
  await talk(`DELETE /task_runs/${waiter.id}`);
  await talk(`DELETE /task_runs/${waiter.id}`);
}
