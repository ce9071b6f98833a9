// One thing of every kind, for requests that name things.
import type { TestApp } from "../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../factory.ts";
import type { Ids } from "./schema.ts";

/** Ids by the property or the part of a path that names them; of others, one that names nothing. */
export async function things(app: TestApp): Promise<Ids> {
  const made = async (path: string, body: object) => {
    const { status, body: answer } = await app.send("POST", path, body);
    if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
    return (answer as { id: string }).id; // of a thing
  };
  const flow = (await makeFlow(app)).id;
  const deployment = (await makeDeployment(app)).id;
  const run = (await makeFlowRun(app)).id;
  const taskRun = (await makeTaskRun(app, { flow_run_id: run })).id;
  const blockType = await made("/block_types/", { name: "Odd", slug: "odd" });
  const blockSchema = await made("/block_schemas/", { fields: { properties: { a: {} } }, block_type_id: blockType });
  const block = await made("/block_documents/", {
    name: "odd",
    data: { a: 1 },
    block_schema_id: blockSchema,
    block_type_id: blockType,
  });
  const queue = await made("/work_queues/", { name: "odd" });
  const variable = await made("/variables/", { name: "odd", value: "x" });
  const artifact = await made("/artifacts/", { key: "odd", data: "x" });
  const limit = await made("/concurrency_limits/", { tag: "odd", concurrency_limit: 1 }).catch(() => UNKNOWN);
  const known: Record<string, string> = {
    ...{ flows: flow, flow_id: flow, deployments: deployment, deployment_id: deployment },
    ...{ flow_runs: run, flow_run_id: run, task_runs: taskRun, task_run_id: taskRun },
    ...{ block_types: blockType, block_type_id: blockType, block_schemas: blockSchema, block_schema_id: blockSchema },
    ...{ block_documents: block, work_queues: queue, work_queue_id: queue, variables: variable },
    ...{ artifacts: artifact, concurrency_limits: limit },
  };
  return (property) => known[property] ?? UNKNOWN;
}

const UNKNOWN = "0191e5a0-0000-7000-8000-00000000000a";
