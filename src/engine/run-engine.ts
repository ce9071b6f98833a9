// What the SDK's calls become inside a run.
import type { FlowDefinition, TaskDefinition } from "#domain/definitions.ts";
import type { RunEngine } from "./context.ts";
import type { Scope } from "./flow/scope.ts";
import { askForRun } from "./flow/stand-in.ts";
import { startSubflow } from "./flow/subflow.ts";
import { patientClient } from "./patient-client.ts";
import { ownRunAfter } from "./process/own-run.ts";
import type { Session } from "./session.ts";
import { startTaskRun } from "./task/task-run.ts";
import { pendingCall } from "./user-code.ts";

/** A call nobody awaits is no uncaught error: the flow's end waits for it and counts its state. */
function unwatched<T>(call: Promise<T>): Promise<T> {
  const work = pendingCall(call);
  work.catch(() => {});
  return work;
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
      await pendingCall(ownRunAfter(session, began, seconds * 1000));
      scope.signal.throwIfAborted();
    },
    async pause(pause) {
      const { pauseHere } = await import("./flow/pause.ts");
      await pendingCall(pauseHere(session, scope, pause));
    },
    askForRun: (deployment, parameters, send) => askForRun(session, scope, deployment, parameters, send),
    api: { client: patientClient(session), clock: session.clock, settings: session.settings },
  };
  return engine;
}
