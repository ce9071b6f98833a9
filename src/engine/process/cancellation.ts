// Cancels a run without an agent: its process notices the request, abandons the flow, and proposes Cancelled.
import { fromWire, type RunState } from "#domain/run-state.ts";
import { Cancelled } from "#domain/states.ts";
import { getChangedFlowRun } from "#wire/long-polls.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import type { RunLogger } from "../session/context.ts";
import { propose } from "../session/propose.ts";
import { RunCancelled } from "../session/scope.ts";
import type { Session } from "../session/session.ts";

/** Most flows are over by then, and never ask. */
const FIRST_LOOK_MS = 1_000;
/** Between two questions to a server that does not wait with its answer. */
const PAUSE_MS = 1_000;
const WAIT_SECONDS = 30;
/** Until then no request is held: it would keep a process alive in which nothing but a stuck flow is left. */
const HELD_FROM_MS = 30_000;

export interface CancellationWatch {
  /** Rejects with RunCancelled; never resolves. */
  cancelled: Promise<never>;
  stop(): void;
}

/** Best effort: while the server is away no run can be cancelled, and a server without the route is asked now and then. */
export function watchCancellation(session: Session, { id, state_id }: FlowRun): CancellationWatch {
  const { client, clock, settings } = session;
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  cancelled.catch(() => {}); // it may reject when nothing waits for it any more
  const stopped = new AbortController();
  const { signal } = stopped;

  async function watch(): Promise<void> {
    let knownStateId = state_id;
    const began = clock.elapsed();
    await clock.sleep(FIRST_LOOK_MS, signal, false);
    while (!signal.aborted && knownStateId !== null) {
      const asked = clock.elapsed();
      const isHeld = asked - began > HELD_FROM_MS;
      const body = { flow_run_id: id, state_id: knownStateId };
      const found = await client
        .call(getChangedFlowRun, { body }, { waitSeconds: isHeld ? WAIT_SECONDS : 0, signal })
        .catch(() => undefined);
      const [run] = found ?? [];
      if (run?.state_type === "CANCELLING" || run?.state_type === "CANCELLED") return reject(new RunCancelled(run));
      knownStateId = run?.state_id ?? knownStateId;
      if (!found) await clock.sleep(settings.ORCH_HEARTBEAT_SECONDS * 1000, signal);
      else if (clock.elapsed() - asked < PAUSE_MS) await clock.sleep(PAUSE_MS, signal, isHeld);
    }
  }
  void watch();
  return { cancelled, stop: () => stopped.abort() };
}

/** The state the run then has. Its tasks and subflows are cancelled by the server. */
export async function endCancelled(session: Session, { run }: RunCancelled, logger: RunLogger): Promise<RunState> {
  session.active.delete(run.id);
  const proposal = Cancelled({ message: run.state?.message ?? null });
  const { state } =
    run.state_type === "CANCELLED"
      ? run
      : await propose(session, { kind: "flow", id: run.id }, proposal, { force: true });
  const ended = fromWire(state);
  logger.error(`Finished in state ${ended}`);
  return ended;
}
