// Cancelling a run that no agent looks after: its own process notices, lets go of the flow, and says that it is cancelled.
import { fromWire, type RunState } from "#domain/run-state.ts";
import { Cancelled } from "#domain/states.ts";
import { getChangedFlowRun } from "#wire/changes.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import type { RunLogger } from "../context.ts";
import { RunCancelled } from "../flow/scope.ts";
import { propose } from "../propose.ts";
import type { Session } from "../session.ts";

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

/** Best effort: while the server is away nobody can cancel, and a server without the route is asked now and then. */
export function watchCancellation(session: Session, { id, state_id }: FlowRun): CancellationWatch {
  const { client, clock, settings } = session;
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  cancelled.catch(() => {}); // it may come when nobody waits any more
  const stopped = new AbortController();
  const { signal } = stopped;

  async function watch(): Promise<void> {
    let seen = state_id;
    const began = clock.elapsed();
    await clock.sleep(FIRST_LOOK_MS, signal, false);
    while (!signal.aborted && seen !== null) {
      const asked = clock.elapsed();
      const isHeld = asked - began > HELD_FROM_MS;
      const body = { flow_run_id: id, state_id: seen };
      const found = await client
        .call(getChangedFlowRun, { body }, { waitSeconds: isHeld ? WAIT_SECONDS : 0, signal })
        .catch(() => undefined);
      const [run] = found ?? [];
      if (run?.state_type === "CANCELLING" || run?.state_type === "CANCELLED") return reject(new RunCancelled(run));
      seen = run?.state_id ?? seen;
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
    run.state_type === "CANCELLED" ? run : await propose(session, { kind: "flow", id: run.id }, proposal, true);
  const ended = fromWire(state);
  logger.error(`Finished in state ${ended}`);
  return ended;
}
