// Runs a flow that is called inside a flow: a separate flow run in the same process, represented by a task run of the parent.
// The server keeps the states of both equal.
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import { parameterNames } from "#domain/parameters/parameter-names.ts";
import type { RunState } from "#domain/run-state.ts";
import { knownValue } from "../results/outcome.ts";
import { completedBefore } from "../run/completed-before.ts";
import { resolveArguments } from "../run/inputs.ts";
import type { Scope } from "../session/scope.ts";
import type { Session } from "../session/session.ts";
import { taskKey } from "../task/task-run.ts";
import { executeFlowRun } from "./flow-run.ts";
import { createRun } from "./new-run.ts";
import { createSubflowTaskRun } from "./subflow-task-run.ts";

/** Runs the child to its end. Its state counts among those that decide a parent which returns nothing. */
export function startSubflow(
  session: Session,
  scope: Scope,
  flow: FlowDefinition,
  args: readonly unknown[],
): Promise<RunState> {
  scope.signal.throwIfAborted();
  const key = taskKey(flow.fn.name || flowName(flow));
  const work = runSubflow(session, scope, flow, args, { key, index: scope.nextIndex(key) });
  scope.track(work);
  return work;
}

interface SubflowCall {
  key: string;
  index: number;
}

async function runSubflow(
  session: Session,
  scope: Scope,
  flow: FlowDefinition,
  args: readonly unknown[],
  call: SubflowCall,
): Promise<RunState> {
  const names = parameterNames(flow.fn);
  const taskRun = await createSubflowTaskRun(session, scope, { name: flowName(flow), ...call, args, names });
  // The parent is tried again, or resumed: a child that completed is not run twice.
  const earlier = await completedBefore(session, scope, taskRun);
  if (earlier && earlier !== "lost") return earlier;
  const values = await resolveArguments(args);
  const run = await createRun(session, flow, values, { taskRun, attempt: scope.flowRun.runCount });
  scope.logger.info(`Created subflow run '${run.name}' for flow '${flowName(flow)}'`);
  const parent = {
    parentSignal: scope.signal,
    parentRetries: scope.memory !== undefined,
    parentResults: scope.resultStore,
    parentLogPrints: scope.logPrints,
  };
  const state = await executeFlowRun(session, { run, flow, args: values, ...parent });
  scope.memory?.set(taskRun.id, state);
  const known = knownValue(state);
  if (known) scope.remember(known.value, taskRun.id);
  return state;
}
