// `pauseFlowRun()` and `resumeFlowRun(id)`: pauses a flow run until it is resumed.
import { FlowPauseTimeout, NotPausedError } from "#domain/run-errors.ts";
import { currentRun } from "#engine/session/context.ts";
import { OrchError } from "#lib/errors.ts";
import { readFlowRun, resumeFlowRun as resumeEndpoint, setFlowRunState } from "#wire/runs/flow-runs.ts";
import { apiFor, type Host } from "./host.ts";

export interface PauseOptions {
  /** Another run than the one around the call: it ends before its next task, and is started again when it is resumed. */
  flowRunId?: string;
  /** Seconds until the run fails because it was not resumed; null for never. Default: 300. */
  timeout?: number | null;
  /** Seconds between two looks, where the server does not tell of the change itself. Default: 10. */
  pollInterval?: number;
  /** End the process meanwhile: an agent starts the run again when it is resumed. Its deployment is needed for it. */
  reschedule?: boolean;
  /** A pause whose key was used before in the run is none. Default: a count of the pauses of the run. */
  key?: string;
}

/** `pauseFlowRun` and `resumeFlowRun` for user files of `host`. */
export function pausesFor(host: Host | null) {
  /**
   * Waits until the run around the call is resumed, by `orch`, the web page or `resumeFlowRun`.
   *
   * @example
   * const draft = await write();                                    // a task with persistResult: true
   * await pauseFlowRun({ reschedule: true, timeout: 7 * 86_400 });  // the process ends; a week to say yes
   * await publish(draft);
   */
  async function pauseFlowRun(options: PauseOptions = {}): Promise<void> {
    const { flowRunId, timeout = 300, pollInterval = 10, reschedule = false, key } = options;
    const wanted = { timeout, reschedule, ...(key === undefined ? {} : { key }) };
    if (flowRunId !== undefined) return pauseElsewhere(flowRunId, { ...wanted, reschedule: true });
    const frame = currentRun.getStore();
    if (!frame?.engine) throw new OrchError("invalid", "Flow runs can only be paused from within a flow run.");
    if (frame.taskRun) throw new OrchError("invalid", "Cannot pause task runs.");
    return frame.engine.pause({ ...wanted, pollInterval });
  }

  async function pauseElsewhere(
    id: string,
    pause: { timeout: number | null; reschedule: boolean; key?: string },
  ): Promise<void> {
    const { client, clock } = await apiFor(host, "pauseFlowRun()");
    const { pausedState } = await import("#engine/run/pause.ts");
    const body = { state: pausedState(clock.now(), pause) };
    const { status, details } = await client.call(setFlowRunState, { params: { id }, body });
    if (status === "ACCEPT") return;
    const reason = "reason" in details ? details.reason : status;
    throw new OrchError("invalid", `Flow run '${id}' cannot be paused: ${reason}`);
  }

  /** Lets a paused run go on: in its process, or in a new one if it ended with the pause. */
  async function resumeFlowRun(id: string): Promise<void> {
    const { client } = await apiFor(host, "resumeFlowRun()");
    const run = await client.call(readFlowRun, { params: { id } });
    if (run.state_type !== "PAUSED") {
      throw new NotPausedError(`Cannot resume a run that isn't paused! '${run.name}' is ${run.state_name ?? "new"}.`);
    }
    const { status, state, details } = await client.call(resumeEndpoint, { params: { id }, body: {} });
    if (status === "ACCEPT") return;
    if (state?.type === "FAILED") throw new FlowPauseTimeout("Flow run can no longer be resumed.");
    throw new OrchError("invalid", `Cannot resume this run: ${"reason" in details ? details.reason : status}`);
  }

  return { pauseFlowRun, resumeFlowRun };
}
