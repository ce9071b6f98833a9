// One call of every endpoint that changes something, for tests that make it twice.
import { createArtifact } from "#wire/artifacts.ts";
import { createBlockSchema, createBlockType, listBlockSchemas, readBlockTypeBySlug } from "#wire/blocks.ts";
import { createDeploymentSchedules } from "#wire/deployments/deployment-schedules.ts";
import { createNotificationPolicy } from "#wire/notifications.ts";
import { createConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import { createGlobalConcurrencyLimit } from "#wire/pools/global-concurrency-limits.ts";
import { createPoolQueue, createWorkPool } from "#wire/pools/work-pools.ts";
import { createWorkQueue } from "#wire/pools/work-queues.ts";
import { ATTEMPT_HEADER } from "#wire/runs/attempts.ts";
import { createFlowRunInput } from "#wire/runs/flow-run-inputs.ts";
import { saveSearch } from "#wire/saved-searches.ts";
import { createVariable } from "#wire/variables.ts";
import type { TestApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../../factory.ts";
import { makeSlackBlock } from "../notifications/blocks.ts";

/** What a call is made with; a path without parameters and a call without a body leave them out. */
export interface Sent {
  params?: Record<string, string>;
  body?: unknown;
}

type Case = (app: TestApp) => Promise<Sent>;

const ofId =
  (make: (app: TestApp) => Promise<{ id: string }>, body?: unknown): Case =>
  async (app) => ({ params: { id: (await make(app)).id }, body });

const variable = (app: TestApp) => app.call(createVariable, { body: { name: "v", value: "1" } });
const queue = (app: TestApp) => app.call(createWorkQueue, { body: { name: "q" } });
const pool = (app: TestApp) => app.call(createWorkPool, { body: { name: "p", type: "process" } });
const limit = (app: TestApp) => app.call(createConcurrencyLimit, { body: { tag: "t", concurrency_limit: 1 } });
const blockType = (app: TestApp) => app.call(createBlockType, { body: { name: "Own", slug: "own" } });
const search = (app: TestApp) => app.call(saveSearch, { body: { name: "s", filters: [] } });
const artifact = (app: TestApp) => app.call(createArtifact, { body: { key: "k", type: "markdown", data: "1" } });
const running = (app: TestApp) => makeFlowRun(app, { state: { type: "RUNNING" } });
const schema = async (app: TestApp) =>
  app.call(createBlockSchema, { body: { block_type_id: (await blockType(app)).id, fields: { title: "Own" } } });
const block = async (app: TestApp) => ({ id: await makeSlackBlock(app) });

async function policy(app: TestApp) {
  const block_document_id = await makeSlackBlock(app);
  return app.call(createNotificationPolicy, { body: { state_names: ["Failed"], tags: [], block_document_id } });
}

async function pausedRun(app: TestApp) {
  const run = await running(app);
  await app.send("POST", `/flow_runs/${run.id}/set_state`, { state: { type: "PAUSED" } });
  return run;
}

async function poolQueue(app: TestApp) {
  await pool(app);
  await app.call(createPoolQueue, { params: { work_pool_name: "p" }, body: { name: "q" } });
}

const DAILY = { cron: "0 5 * * *" };

const ofSchedule =
  (body?: unknown): Case =>
  async (app) => {
    const { id } = await makeDeployment(app);
    const params = { id };
    const [made] = await app.call(createDeploymentSchedules, { params, body: [{ schedule: DAILY }] });
    return { params: { id, schedule_id: made?.id ?? "" }, body };
  };

const ofGlobalLimit =
  (body?: unknown): Case =>
  async (app) => {
    await app.call(createGlobalConcurrencyLimit, { body: { name: "db", limit: 2 } });
    return { params: { id_or_name: "db" }, body };
  };

const INPUT = { key: "k", value: "v" };

/** By the names of the endpoints. */
export const CASES: Readonly<Record<string, Case>> = {
  createDeploymentSchedules: ofId((app) => makeDeployment(app), [{ schedule: DAILY }]),
  updateDeploymentSchedule: ofSchedule({ active: false }),
  deleteDeploymentSchedule: ofSchedule(),
  pauseDeployment: ofId((app) => makeDeployment(app)),
  resumeDeployment: ofId((app) => makeDeployment(app)),
  createFlowRunInput: ofId((app) => makeFlowRun(app), INPUT),
  deleteFlowRunInput: async (app) => {
    const { id } = await makeFlowRun(app);
    await app.call(createFlowRunInput, { params: { id }, body: INPUT });
    return { params: { id, key: INPUT.key } };
  },
  createGlobalConcurrencyLimit: async () => ({ body: { name: "db", limit: 2 } }),
  updateGlobalConcurrencyLimit: ofGlobalLimit({ limit: 3 }),
  deleteGlobalConcurrencyLimit: ofGlobalLimit(),
  takeSlots: ofGlobalLimit({ names: ["db"], slots: 1 }),
  releaseSlots: ofGlobalLimit({ names: ["db"], slots: 1 }),
  changeFlowRuns: async (app) => ({ body: { action: "cancel", ids: [(await running(app)).id] } }),
  changeDeployments: async (app) => ({ body: { action: "delete", ids: [(await makeDeployment(app)).id] } }),
  createFlow: async () => ({ body: { name: "f", tags: ["a"] } }),
  updateFlow: ofId((app) => makeFlow(app), { tags: ["b"] }),
  deleteFlow: ofId((app) => makeFlow(app)),
  createFlowRun: async (app) => ({ body: { flow_id: (await makeFlow(app)).id, parameters: { n: 1 } } }),
  updateFlowRun: ofId(running, { name: "renamed" }),
  deleteFlowRun: ofId(running),
  setFlowRunState: ofId(running, { state: { type: "COMPLETED", data: { a: 1 } } }),
  resumeFlowRun: ofId(pausedRun),
  createTaskRun: async (app) => ({ body: { flow_run_id: (await running(app)).id, task_key: "t", dynamic_key: "0" } }),
  updateTaskRun: ofId((app) => makeTaskRun(app), { name: "renamed" }),
  deleteTaskRun: ofId((app) => makeTaskRun(app)),
  setTaskRunState: ofId((app) => makeTaskRun(app), { state: { type: "RUNNING" } }),
  createDeployment: async (app) => ({ body: { name: "d", flow_id: (await makeFlow(app)).id, tags: ["a"] } }),
  updateDeployment: ofId((app) => makeDeployment(app), { description: "changed" }),
  deleteDeployment: ofId((app) => makeDeployment(app)),
  scheduleDeployment: ofId((app) => makeDeployment(app, { schedule: { interval: 3600 } }), {
    ...{ start_time: "2026-12-01T00:00:00Z", min_runs: 3 },
  }),
  setScheduleActive: ofId((app) => makeDeployment(app, { is_schedule_active: false })),
  setScheduleInactive: ofId((app) => makeDeployment(app, { schedule: { interval: 3600 } })),
  createDeploymentFlowRun: ofId((app) => makeDeployment(app), { parameters: { n: 1 } }),
  createWorkQueue: async () => ({ body: { name: "q", concurrency_limit: 3 } }),
  updateWorkQueue: ofId(queue, { is_paused: true }),
  deleteWorkQueue: ofId(queue),
  createWorkPool: async () => ({ body: { name: "p q", type: "process" } }),
  updateWorkPool: async (app) => ({ params: { name: (await pool(app)).name }, body: { is_paused: true } }),
  deleteWorkPool: async (app) => ({ params: { name: (await pool(app)).name } }),
  createPoolQueue: async (app) => ({
    params: { work_pool_name: (await pool(app)).name },
    body: { name: "q", priority: 1 },
  }),
  // By its new name it is not found under the old one.
  updatePoolQueue: async (app) => {
    await poolQueue(app);
    return { params: { work_pool_name: "p", name: "q" }, body: { name: "other", priority: 1 } };
  },
  deletePoolQueue: async (app) => {
    await poolQueue(app);
    return { params: { work_pool_name: "p", name: "q" } };
  },
  heartbeatWorker: async (app) => ({ params: { work_pool_name: (await pool(app)).name }, body: { name: "w" } }),
  handBackRuns: async (app) => {
    const { id } = await makeFlowRun(app, { state: { type: "SCHEDULED" } });
    const headers = { [ATTEMPT_HEADER]: `${id}/token` };
    await app.send("POST", `/flow_runs/${id}/set_state`, { state: { type: "PENDING" } }, headers);
    return { body: { attempts: { [id]: "token" } } };
  },
  sendHeartbeats: async (app) => ({ body: { flow_run_ids: [(await running(app)).id] } }),
  createBlockType: async () => ({ body: { name: "Own", slug: "own" } }),
  updateBlockType: ofId(blockType, { description: "changed" }),
  deleteBlockType: ofId(blockType),
  installSystemBlockTypes: async () => ({}),
  createBlockSchema: async (app) => ({ body: { block_type_id: (await blockType(app)).id, fields: { title: "Own" } } }),
  deleteBlockSchema: ofId(schema),
  createBlockDocument: async (app) => {
    const { id } = await app.call(readBlockTypeBySlug, { params: { slug: "secret" } });
    const [first] = await app.call(listBlockSchemas, { body: { block_schemas: { block_type_id: { any_: [id] } } } });
    return { body: { name: "mine", data: { value: "x" }, block_type_id: id, block_schema_id: first?.id } };
  },
  updateBlockDocument: ofId(block, { data: { url: "https://example.com" }, merge_existing_data: true }),
  deleteBlockDocument: ofId(block),
  createConcurrencyLimit: async () => ({ body: { tag: "t", concurrency_limit: 1 } }),
  deleteConcurrencyLimit: ofId(limit),
  deleteConcurrencyLimitByTag: async (app) => ({ params: { tag: (await limit(app)).tag } }),
  resetConcurrencyLimit: async (app) => ({ params: { tag: (await limit(app)).tag }, body: { slot_override: [] } }),
  createVariable: async () => ({ body: { name: "v", value: "1" } }),
  updateVariable: ofId(variable, { value: "2" }),
  updateVariableByName: async (app) => ({ params: { name: (await variable(app)).name }, body: { name: "other" } }),
  deleteVariable: ofId(variable),
  deleteVariableByName: async (app) => ({ params: { name: (await variable(app)).name } }),
  createArtifact: async () => ({ body: { key: "k", type: "markdown", data: "1" } }),
  updateArtifact: ofId(artifact, { data: "2" }),
  deleteArtifact: ofId(artifact),
  saveSearch: async () => ({ body: { name: "s", filters: [] } }),
  deleteSavedSearch: ofId(search),
  createNotificationPolicy: async (app) => ({
    body: { state_names: ["Failed"], tags: [], block_document_id: await makeSlackBlock(app) },
  }),
  updateNotificationPolicy: ofId(policy, { is_active: false }),
  deleteNotificationPolicy: ofId(policy),
  testNotification: async (app) => ({ body: { block_document_id: (await block(app)).id } }),
  createLogs: async (app) => {
    const timestamp = "2026-11-23T12:00:00+00:00";
    const flow_run_id = (await running(app)).id;
    const id = "0191e5a0-0000-7000-8000-00000000000a";
    return { body: [{ id, name: "n", level: 20, message: "hi", timestamp, flow_run_id }] };
  },
  clearDatabase: async () => ({ body: { confirm: true } }),
  dropDatabase: async () => ({ body: { confirm: true } }),
  createDatabase: async () => ({ body: { confirm: true } }),
};
