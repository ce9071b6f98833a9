// A task run that stands for a flow run of its own among the parent's: the server keeps its state equal to the child's.
import type { JsonObject } from "#lib/json.ts";
import { patient } from "#lib/patience.ts";
import { createTaskRun, type TaskRun } from "#wire/runs/task-runs.ts";
import { pendingState } from "../propose.ts";
import type { Session } from "../session.ts";
import { resolveArguments, taskInputs } from "../task/inputs.ts";
import type { Scope } from "./scope.ts";

export interface StandIn {
  /** Its name is this and its index. */
  name: string;
  key: string;
  /** Which call of its key it is: so a second attempt finds it again. */
  index: number;
  version?: string | null;
  args: readonly unknown[];
  names: readonly string[];
}

export async function createStandIn(
  session: Session,
  scope: Scope,
  { name, key, index, version = null, args, names }: StandIn,
): Promise<TaskRun> {
  const body = {
    name: `${name}-${index}`,
    flow_run_id: scope.flowRun.id,
    task_key: key,
    dynamic_key: String(index),
    task_version: version,
    task_inputs: await taskInputs(scope, args, names),
    state: pendingState(),
  };
  return patient(session, (options) => session.client.call(createTaskRun, { body }, options));
}

/** A run of a deployment that this run asks for. */
export interface AskedRun {
  parentTaskRunId: string;
  /** The same for each request of one attempt, so that one whose answer was lost makes no second run. */
  idempotencyKey: string;
  /** Futures among them have become values. */
  parameters: JsonObject;
}

/** Makes JSON of the parameters. Throws for what has none, before anything is made on the server. */
export type Send = (parameters: Record<string, unknown>) => JsonObject;

export interface AskedDeployment {
  /** `flow/deployment` */
  name: string;
  version: string | null;
}

export async function askForRun(
  session: Session,
  scope: Scope,
  { name, version }: AskedDeployment,
  parameters: Record<string, unknown>,
  send: Send,
): Promise<AskedRun> {
  scope.signal.throwIfAborted();
  const key = `prefect.deployments.run_deployment.${name.replace(/[^A-Za-z0-9]+/g, "-").toLowerCase()}`;
  const [names, args] = [Object.keys(parameters), Object.values(parameters)];
  const values = await resolveArguments(args);
  const sent = send(Object.fromEntries(names.map((parameter, at) => [parameter, values[at]])));
  const standIn = await createStandIn(session, scope, { name, key, version, args, names, index: scope.nextIndex(key) });
  return {
    parentTaskRunId: standIn.id,
    idempotencyKey: `${standIn.id}-${scope.flowRun.runCount}`,
    parameters: sent,
  };
}
