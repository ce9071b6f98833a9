// A flow run made by this process itself: of a subflow, or of a flow called by hand.
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import { callShape, parameterNames } from "#domain/parameters/parameter-names.ts";
import { shownAsJson } from "#domain/parameters/sendable.ts";
import { isObject, type JsonObject } from "#lib/json.ts";
import { patient } from "#lib/patience.ts";
import { createFlow } from "#wire/deployments/flows.ts";
import { createFlowRun, type FlowRun } from "#wire/runs/flow-runs.ts";
import type { TaskRun } from "#wire/runs/task-runs.ts";
import { pendingState } from "../propose.ts";
import type { Session } from "../session.ts";
import { fillTemplate } from "./run-names.ts";

/** Set for a subflow: its stand-in, and which attempt of the parent asks. */
export interface ParentRun {
  standIn: TaskRun;
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
    name: fillTemplate(options.flowRunName, names, args) ?? null,
    flow_version: options.version ?? null,
    parameters: recorded(flow, names, args),
    empirical_policy: { retries: options.retries ?? 0, retry_delay: Math.floor(options.retryDelaySeconds ?? 0) },
    parent_task_run_id: parent?.standIn.id ?? null,
    // So that a request whose answer was lost does not make a second child.
    idempotency_key: parent ? `${parent.standIn.id}-${parent.attempt}` : null,
    state: pendingState(),
  };
  return patient(session, (call) => session.client.call(createFlowRun, { body }, call));
}

function flowIdOf(session: Session, name: string): Promise<string> {
  const known = session.flowIds.get(name);
  if (known) return known;
  const id = patient(session, (call) => session.client.call(createFlow, { body: { name } }, call)).then(({ id }) => id);
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
