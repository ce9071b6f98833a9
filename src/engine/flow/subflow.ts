// A flow called inside a flow: a run of its own in the same process, with a stand-in among the parent's task runs.
// The server keeps the stand-in's state equal to the child's.
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import { parameterNames } from "#domain/parameters/parameter-names.ts";
import type { RunState } from "#domain/run-state.ts";
import type { Session } from "../session.ts";
import { resolveArguments } from "../task/inputs.ts";
import { taskKey } from "../task/task-run.ts";
import { earlierEnd } from "./earlier.ts";
import { executeFlowRun } from "./flow-run.ts";
import { createRun } from "./new-run.ts";
import { knownValue } from "./outcome.ts";
import type { Scope } from "./scope.ts";
import { createStandIn } from "./stand-in.ts";

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

interface Place {
  key: string;
  index: number;
}

async function runSubflow(
  session: Session,
  scope: Scope,
  flow: FlowDefinition,
  args: readonly unknown[],
  place: Place,
): Promise<RunState> {
  const names = parameterNames(flow.fn);
  const standIn = await createStandIn(session, scope, { name: flowName(flow), ...place, args, names });
  // The parent is tried again, or resumed: a child that completed is not run twice.
  const earlier = await earlierEnd(session, scope, standIn);
  if (earlier && earlier !== "lost") return earlier;
  const values = await resolveArguments(args);
  const run = await createRun(session, flow, values, { standIn, attempt: scope.flowRun.runCount });
  scope.logger.info(`Created subflow run '${run.name}' for flow '${flowName(flow)}'`);
  const parent = {
    parentSignal: scope.signal,
    parentRetries: scope.memory !== undefined,
    parentResults: scope.resultPlace,
    parentLogPrints: scope.logPrints,
  };
  const state = await executeFlowRun(session, { run, flow, args: values, ...parent });
  scope.memory?.set(standIn.id, state);
  const known = knownValue(state);
  if (known) scope.remember(known.value, standIn.id);
  return state;
}
