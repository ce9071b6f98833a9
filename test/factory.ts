// Rows through the API, with only the fields that matter to a test.
import { createDeployment, type Deployment, type DeploymentInput } from "#wire/deployments/deployments.ts";
import { createFlow, type Flow } from "#wire/deployments/flows.ts";
import type { CallInput } from "#wire/endpoint.ts";
import { createFlowRun, type FlowRun } from "#wire/runs/flow-runs.ts";
import { createTaskRun, type TaskRun } from "#wire/runs/task-runs.ts";
import type { TestApp } from "./app.ts";

let counter = 0;
const unique = (word: string) => `${word}-${++counter}`;

export function makeFlow(app: TestApp, name = unique("flow")): Promise<Flow> {
  return app.call(createFlow, { body: { name } });
}

export async function makeDeployment(app: TestApp, fields: Partial<DeploymentInput> = {}): Promise<Deployment> {
  const flow_id = fields.flow_id ?? (await makeFlow(app)).id;
  return app.call(createDeployment, { body: { name: unique("deployment"), ...fields, flow_id } });
}

type FlowRunFields = Partial<CallInput<typeof createFlowRun>["body"]>;

export async function makeFlowRun(app: TestApp, fields: FlowRunFields = {}): Promise<FlowRun> {
  const flow_id = fields.flow_id ?? (await makeFlow(app)).id;
  return app.call(createFlowRun, { body: { ...fields, flow_id } });
}

type TaskRunFields = Partial<CallInput<typeof createTaskRun>["body"]>;

export async function makeTaskRun(app: TestApp, fields: TaskRunFields = {}): Promise<TaskRun> {
  const flow_run_id = fields.flow_run_id ?? (await makeFlowRun(app, { state: { type: "RUNNING" } })).id;
  return app.call(createTaskRun, {
    body: { task_key: unique("task"), dynamic_key: "0", ...fields, flow_run_id },
  });
}
