// What the SDK's calls become inside a run.
import type { FlowDefinition, TaskDefinition } from "#domain/definitions.ts";
import { OrchError } from "#lib/errors.ts";
import { patient } from "#lib/patience.ts";
import { hasOverslept } from "#lib/wake.ts";
import { readFlowRun } from "#wire/flow-runs.ts";
import type { RunEngine } from "./context.ts";
import { patientClient } from "./patient-client.ts";
import type { Scope } from "./scope.ts";
import type { Session } from "./session.ts";
import { askForRun } from "./stand-in.ts";
import { startSubflow } from "./subflow.ts";
import { startTaskRun } from "./task-run.ts";
import { pendingCall } from "./user-code.ts";

/** A call nobody awaits is no uncaught error: the flow's end waits for it and counts its state. */
function unwatched<T>(call: Promise<T>): Promise<T> {
  const work = pendingCall(call);
  work.catch(() => {});
  return work;
}

/** Before flow code goes on in a process that has slept. A run that was taken from it ends it (client/attempt.ts). */
async function askWhose(session: Session, { flowRun }: Scope): Promise<void> {
  await patient(session, (call) => session.client.call(readFlowRun, { params: { id: flowRun.id } }, call)).catch(
    (error) => {
      if (!(error instanceof OrchError) || error.code !== "not_found") throw error; // deleted meanwhile
    },
  );
}

export function createRunEngine(session: Session, scope: Scope): RunEngine {
  const engine: RunEngine = {
    callTask: (task: TaskDefinition, args, receiver) =>
      unwatched(startTaskRun({ session, scope, engine, task, args, receiver, submitted: false }).result()),
    callTaskForState: (task, args) =>
      unwatched(startTaskRun({ session, scope, engine, task, args, submitted: false }).wait()),
    submitTask: (task: TaskDefinition, args) => startTaskRun({ session, scope, engine, task, args, submitted: true }),
    callFlow: (flow: FlowDefinition, args) => unwatched(startSubflow(session, scope, flow, args)),
    async sleep(seconds) {
      const began = session.clock.now();
      await pendingCall(session.clock.sleep(seconds * 1000, scope.signal));
      if (session.attempt && hasOverslept(session.clock, began, seconds * 1000))
        await pendingCall(askWhose(session, scope));
      scope.signal.throwIfAborted();
    },
    async pause(pause) {
      const { pauseHere } = await import("./pause.ts");
      await pendingCall(pauseHere(session, scope, pause));
    },
    askForRun: (deployment, parameters, send) => askForRun(session, scope, deployment, parameters, send),
    api: { client: patientClient(session), clock: session.clock, settings: session.settings },
  };
  return engine;
}
