// A flow called by hand, outside of any run: it runs here and now, and the API tracks it like any other.
import type { FlowDefinition } from "#domain/definitions.ts";
import { flowName } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import { executeFlowRun, flowRunLogger } from "./flow-run.ts";
import { guarded, type SessionOptions } from "./guarded.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { createRun } from "./new-run.ts";
import type { Session } from "./session.ts";

/** Resolves to the run's final state. Rejects with what made it crash. */
export function runFlowHere(
  options: SessionOptions,
  flow: FlowDefinition,
  args: readonly unknown[],
): Promise<RunState> {
  return guarded(
    options,
    (session) => perform(session, flow, args),
    (_crash, error) => {
      throw error;
    },
  );
}

async function perform(session: Session, flow: FlowDefinition, args: readonly unknown[]): Promise<RunState> {
  const run = await createRun(session, flow, args);
  flowRunLogger(session, run).info(`Created flow run '${run.name}' for flow '${flowName(flow)}'`);
  const stop = startHeartbeat(session, run.id);
  try {
    return await executeFlowRun(session, { run, flow, args });
  } finally {
    stop();
  }
}
