// A server with something on every page.

export interface Seeded {
  flow: string;
  deployment: string;
  runs: { completed: string; failed: string; running: string; paused: string; scheduled: string };
  taskRun: string;
  block: string;
  queue: string;
  limit: string;
  artifact: string;
  policy: string;
}

export type Send = (method: string, path: string, body?: unknown) => Promise<{ id: string }>;

/** Calls the API at `url`; throws on any answer that is no success. */
export function sender(url: string): Send {
  return async (method, path, body) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/api${path}`, { method, headers, body: body ? JSON.stringify(body) : null });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === "" ? { id: "" } : JSON.parse(text);
  };
}

const SCHEMA = {
  title: "Parameters",
  type: "object",
  properties: {
    name: { title: "name", default: "Marvin", type: "string", position: 0 },
    size: { title: "size", default: 3, type: "integer", position: 1 },
  },
  required: [],
};

export async function seed(send: Send): Promise<Seeded> {
  const flow = (await send("POST", "/flows/", { name: "nightly-report" })).id;
  const deployed = {
    ...{ flow_id: flow, name: "production", tags: ["finance"], entrypoint: "flows.py:report", path: "/code" },
    ...{ description: "Makes **the** report", version: "v7", work_queue_name: "night", parameters: { name: "Arthur" } },
    ...{ schedule: { cron: "0 5 * * *", timezone: "Europe/Berlin" }, parameter_openapi_schema: SCHEMA },
    infra_overrides: { env: { DEBUG: "1" } },
  };
  const deployment = (await send("POST", "/deployments/", deployed)).id;
  const timed = { flow_id: flow, name: "hourly", entrypoint: "flows.py:report", path: "/code" };
  await send("POST", "/deployments/", { ...timed, schedule: { interval: 3600 }, parameter_openapi_schema: SCHEMA });

  const make = async (name: string) =>
    (await send("POST", `/deployments/${deployment}/create_flow_run`, { name, tags: ["seeded"] })).id;
  const set = (id: string, type: string, message?: string, kind = "flow_runs") =>
    send("POST", `/${kind}/${id}/set_state`, { state: { type, message }, force: true });
  const runs = {
    completed: await make("done-run"),
    failed: await make("broken-run"),
    running: await make("busy-run"),
    paused: await make("waiting-run"),
    scheduled: await make("planned-run"),
  };
  for (const id of [runs.completed, runs.failed, runs.running, runs.paused]) await set(id, "RUNNING");
  const task = async (flow_run_id: string, name: string, task_inputs = {}) =>
    (await send("POST", "/task_runs/", { flow_run_id, name, task_key: name, dynamic_key: "0", task_inputs })).id;
  const taskRun = await task(runs.completed, "extract-0");
  const load = await task(runs.completed, "load-0", { rows: [{ input_type: "task_run", id: taskRun }] });
  for (const id of [taskRun, load]) {
    await set(id, "RUNNING", undefined, "task_runs");
    await set(id, "COMPLETED", undefined, "task_runs");
  }
  const standIn = await task(runs.completed, "child-0");
  const child = { flow_id: flow, name: "inner-run", parent_task_run_id: standIn, state: { type: "RUNNING" } };
  await set((await send("POST", "/flow_runs/", child)).id, "COMPLETED");
  const timestamp = new Date().toISOString();
  const line = (level: number, message: string, task_run_id: string | null = null) => ({
    ...{ name: "prefect.flow_runs", level, message, timestamp, flow_run_id: runs.completed, task_run_id },
  });
  await send("POST", "/logs/", [
    line(20, "the report is begun"),
    line(40, "a page is missing"),
    line(20, "read", taskRun),
  ]);
  const made = { flow_run_id: runs.completed, task_run_id: taskRun };
  const artifact = await send("POST", "/artifacts/", {
    ...{ key: "report", type: "markdown", data: "# Revenue\n\nall is well", description: "The *report*", ...made },
  });
  await send("POST", "/artifacts/", { key: "rows", type: "table", data: '[{"city": "Bonn"}]', ...made });
  await set(runs.completed, "COMPLETED", "All states completed.");
  await set(runs.failed, "FAILED", "Flow run encountered an exception.");
  await set(runs.paused, "PAUSED");

  await send("POST", "/variables/", { name: "colour", value: "petrol", tags: ["brand"] });
  const limit = (await send("POST", "/concurrency_limits/", { tag: "database", concurrency_limit: 4 })).id;
  await send("POST", "/work_pools/", { name: "cluster", description: "for big things", concurrency_limit: 3 });
  await send("POST", "/work_pools/cluster/queues", { name: "urgent", priority: 1, concurrency_limit: 2 });
  const queue = (await send("GET", "/work_queues/name/night")).id;

  const type = (await send("GET", "/block_types/slug/slack-webhook")).id;
  const [schema] = (await send("POST", "/block_schemas/filter", {
    block_schemas: { block_type_id: { any_: [type] } },
  })) as unknown as { id: string }[];
  const data = { url: "https://hooks.example.com/T0/B0/hush" };
  const document = { block_type_id: type, block_schema_id: schema?.id, data };
  const block = (await send("POST", "/block_documents/", { ...document, name: "team-channel" })).id;
  const policy = await send("POST", "/flow_run_notification_policies/", {
    ...{ is_active: true, state_names: ["Failed"], tags: ["finance"], block_document_id: block },
  });
  const filter = { object: "flow_run", property: "state", type: "state", operation: "any", value: ["FAILED"] };
  await send("PUT", "/saved_searches/", { name: "only-failures", filters: [filter] });
  return { flow, deployment, runs, taskRun, block, queue, limit, artifact: artifact.id, policy: policy.id };
}
