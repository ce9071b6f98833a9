// Flows called by hand, outside of any run: they run here and now, and the API tracks them like any other.
import { attemptClient } from "#client/attempt.ts";
import type { FlowDefinition } from "#domain/definitions.ts";
import { flowName } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import { newId } from "#lib/ids.ts";
import { callUntilAvailable } from "#lib/retry.ts";
import { attemptText } from "#wire/runs/attempts.ts";
import { readFlowRun } from "#wire/runs/flow-runs.ts";
import { executeFlowRun, flowRunLogger } from "./flow/flow-run.ts";
import { createRun } from "./flow/new-run.ts";
import { endCancelled, watchCancellation } from "./process/cancellation.ts";
import { startHeartbeat } from "./process/heartbeat.ts";
import { runInSession, type SessionOptions } from "./process/open-session.ts";
import { RunCancelled } from "./session/scope.ts";
import type { Session } from "./session/session.ts";

/** Resolves to the run's final state. Rejects with what made it crash. */
export type RunHere = (flow: FlowDefinition, args: readonly unknown[]) => Promise<RunState>;

export function runFlowHere(
  options: SessionOptions,
  flow: FlowDefinition,
  args: readonly unknown[],
): Promise<RunState> {
  return directRuns(options)(flow, args);
}

/** Runs that go on side by side share a session, because a process has one set of guards: what crashes one, crashes all. */
export function directRuns(options: SessionOptions): RunHere {
  let shared: Shared | undefined;
  return async (flow, args) => {
    shared ??= open(options);
    const mine = shared;
    mine.users += 1;
    try {
      const work = mine.session.then((session) => perform(session, flow, args));
      return await Promise.race([work, mine.crashed]);
    } catch (error) {
      mine.end.reject(error);
      return await mine.crashed;
    } finally {
      mine.users -= 1;
      if (mine.users === 0) {
        shared = undefined;
        mine.end.resolve();
        await mine.over;
      }
    }
  };
}

interface Shared {
  users: number;
  session: Promise<Session>;
  end: PromiseWithResolvers<void>;
  /** Resolves when all is reported and sent. */
  over: Promise<void>;
  /** Rejects once that is done after a crash; never resolves. */
  crashed: Promise<never>;
}

function open(options: SessionOptions): Shared {
  const ready = Promise.withResolvers<Session>();
  const crash = Promise.withResolvers<never>();
  const end = Promise.withResolvers<void>();
  crash.promise.catch(() => {});
  const over = runInSession(
    options,
    (session) => {
      ready.resolve(session);
      return end.promise;
    },
    (_crash, error) => crash.reject(error),
  );
  return { users: 0, session: ready.promise, end, over, crashed: crash.promise };
}

async function perform(shared: Session, flow: FlowDefinition, args: readonly unknown[]): Promise<RunState> {
  const token = newId();
  const sending = (flowRunId: string | null) =>
    attemptClient(shared.client, attemptText({ flowRunId, token }), shared.taken);
  const run = await createRun({ ...shared, client: sending(null) }, flow, args);
  const session = { ...shared, attempt: attemptText({ flowRunId: run.id, token }), client: sending(run.id) };
  const logger = flowRunLogger(session, run);
  logger.info(`Created flow run '${run.name}' for flow '${flowName(flow)}'`);
  const stop = startHeartbeat(session, run.id);
  const watch = watchCancellation(session, run);
  try {
    const ended = await executeFlowRun(session, { run, flow, args, cancelled: watch.cancelled });
    if (ended.type !== "CANCELLING") return ended;
    // The flow ended by itself before the cancellation was noticed.
    const now = await callUntilAvailable(session, (call) =>
      session.client.call(readFlowRun, { params: { id: run.id } }, call),
    );
    return await endCancelled(session, new RunCancelled(now), logger);
  } catch (error) {
    if (!(error instanceof RunCancelled)) throw error;
    return await endCancelled(session, error, logger);
  } finally {
    watch.stop();
    stop();
  }
}
