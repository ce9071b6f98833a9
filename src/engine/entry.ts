// The engine: executes one flow run in this process, from its id to its exit code.
import type { CallOptions } from "#client/client.ts";
import { takeAttempt } from "#lib/attempt-variable.ts";
import { takeLogFile } from "#lib/files/record-file.ts";
import { parseId } from "#lib/ids.ts";
import { callUntilAvailable } from "#lib/retry.ts";
import { attemptText } from "#wire/runs/attempts.ts";
import { type FlowRun, readFlowRun } from "#wire/runs/flow-runs.ts";
import { executeFlowRun, flowRunLogger } from "./flow/flow-run.ts";
import { CannotStart, prepare } from "./flow/prepare.ts";
import { startHeartbeat } from "./process/heartbeat.ts";
import { runInSession, type SessionOptions } from "./process/open-session.ts";
import { Interruption } from "./session/interruption.ts";
import { propose } from "./session/propose.ts";
import type { Cleanup, Session } from "./session/session.ts";

/** It may be a cancellation, which is no crash. */
const ASKED_TO_END = "The process was asked to end before its flow run had begun.";

/** The agent has had answers at the address: a proxy there, or the network of a container, may just be starting. */
const FIRST_ANSWER_SECONDS = 60;

export interface RunFlowRunOptions extends SessionOptions {
  flowRunId: string;
  /** Makes `import … from "orch"` work in user files; called before the first of them is loaded. */
  register: () => void;
}

/** The exit code: 0 also for a failed run, which is a state; not 0 when the run crashed or never was. */
export async function runFlowRun(options: RunFlowRunOptions): Promise<number> {
  const id = parseId(options.flowRunId);
  if (!id) {
    options.output(`'${options.flowRunId}' is not the id of a flow run.`);
    return 1;
  }
  const cleanup: Cleanup[] = [];
  let isFound = false;
  const token = takeAttempt();
  const attempt = token === undefined ? undefined : attemptText({ flowRunId: id, token });
  try {
    return await runInSession(
      { logFile: takeLogFile(), attempt, firstAnswerSeconds: FIRST_ANSWER_SECONDS, ...options },
      async (session) => {
        const read = (call: CallOptions) => session.client.call(readFlowRun, { params: { id } }, call);
        const run = await callUntilAvailable(session, read);
        isFound = true;
        return perform(session, run, options.register, cleanup);
      },
      ({ message, exitCode }, error) => {
        // That of a run is in its log.
        const isAsked = error instanceof Interruption && error.isAsked && !error.isOrphaned;
        if (!isFound) options.output(isAsked ? ASKED_TO_END : `Crash detected! ${message}`);
        return exitCode;
      },
    );
  } finally {
    for (const step of cleanup.reverse()) await step();
  }
}

async function perform(session: Session, run: FlowRun, register: () => void, cleanup: Cleanup[]): Promise<number> {
  const { id } = run;
  const logger = flowRunLogger(session, run);
  const ref = { kind: "flow", id, logger } as const;
  session.active.set(id, ref);
  cleanup.push(startHeartbeat(session, id));
  try {
    const job = await prepare(session, run, logger, register, cleanup);
    await executeFlowRun(session, job);
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error;
    logger.error(error.message);
    await propose(session, ref, { type: "FAILED", name: "Failed", message: error.message }, { force: error.force });
  }
  session.active.delete(id);
  return 0;
}
