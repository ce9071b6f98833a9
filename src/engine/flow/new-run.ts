// Creates a flow run from this process: of a subflow, or of a flow that a program calls.
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import { callShape, parameterNames } from "#domain/parameters/parameter-names.ts";
import { shownAsJson } from "#domain/parameters/sendable.ts";
import { isObject, type JsonObject } from "#lib/json.ts";
import { callUntilAvailable } from "#lib/retry.ts";
import { createFlow } from "#wire/deployments/flows.ts";
import { createFlowRun, type FlowRun } from "#wire/runs/flow-runs.ts";
import type { TaskRun } from "#wire/runs/task-runs.ts";
import { nameOfFlowRun } from "../run/run-names.ts";
import { pendingState } from "../session/propose.ts";
import type { Session } from "../session/session.ts";

/** Set for a subflow: its task run, and which attempt of the parent asks. */
export interface ParentRun {
  taskRun: TaskRun;
  attempt: number;
}

export async function createRun(
  session: Session,
  flow: FlowDefinition,
  args: readonly unknown[],
  parent?: ParentRun,
): Promise<FlowRun> {
  const names = parameterNames(flow.fn);
  const { options } = flow;
  const body = {
    flow_id: await flowIdOf(session, flowName(flow)),
    name: nameOfFlowRun(flow, args) ?? null,
    flow_version: options.version ?? null,
    parameters: recorded(flow, names, args),
    empirical_policy: { retries: options.retries ?? 0, retry_delay: Math.floor(options.retryDelaySeconds ?? 0) },
    parent_task_run_id: parent?.taskRun.id ?? null,
    // So that a request whose answer was lost does not make a second child.
    idempotency_key: parent ? `${parent.taskRun.id}-${parent.attempt}` : null,
    state: pendingState(),
  };
  return callUntilAvailable(session, (call) => session.client.call(createFlowRun, { body }, call));
}

function flowIdOf(session: Session, name: string): Promise<string> {
  const known = session.flowIds.get(name);
  if (known) return known;
  const id = callUntilAvailable(session, (call) => session.client.call(createFlow, { body: { name } }, call)).then(
    ({ id }) => id,
  );
  session.flowIds.set(name, id);
  return id;
}

/** For people to look at; the child gets the values themselves. By the names a deployment's run would give them. What was left to the function's own defaults is left out. */
function recorded({ fn, options }: FlowDefinition, names: readonly string[], args: readonly unknown[]): JsonObject {
  const [only] = args;
  const isNamed = options.parameters !== undefined || callShape(fn).style === "object";
  const entries = isNamed && isObject(only) ? Object.entries(only) : args.map(named);
  return Object.fromEntries(entries.flatMap(([name, arg]) => (arg === undefined ? [] : [[name, shownAsJson(arg)]])));

  function named(arg: unknown, index: number): [string, unknown] {
    return [names[index] ?? `arg${index}`, arg];
  }
}
