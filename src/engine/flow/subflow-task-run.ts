// Creates the task run that represents a subflow among its parent's task runs; the server keeps their states equal.
import { callUntilAvailable } from "#lib/retry.ts";
import { createTaskRun, type TaskRun } from "#wire/runs/task-runs.ts";
import { resolveArguments, taskInputs } from "../run/inputs.ts";
import type { AskedDeployment, AskedRun, Send } from "../session/context.ts";
import { pendingState } from "../session/propose.ts";
import type { Scope } from "../session/scope.ts";
import type { Session } from "../session/session.ts";

export interface SubflowTaskRun {
  /** Its name is this and its index. */
  name: string;
  key: string;
  /** Which call of its key it is: so a second attempt finds it again. */
  index: number;
  version?: string | null;
  args: readonly unknown[];
  names: readonly string[];
}

export async function createSubflowTaskRun(
  session: Session,
  scope: Scope,
  { name, key, index, version = null, args, names }: SubflowTaskRun,
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
  return callUntilAvailable(session, (options) => session.client.call(createTaskRun, { body }, options));
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
  const taskRun = await createSubflowTaskRun(session, scope, {
    name,
    key,
    version,
    args,
    names,
    index: scope.nextIndex(key),
  });
  return {
    parentTaskRunId: taskRun.id,
    idempotencyKey: `${taskRun.id}-${scope.flowRun.runCount}`,
    parameters: sent,
  };
}
