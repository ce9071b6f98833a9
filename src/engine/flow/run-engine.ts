// Implements the calls of the SDK inside a run.
import type { FlowDefinition, TaskDefinition } from "#domain/definitions.ts";
import type { RunEngine } from "../session/context.ts";
import { ownRunAfter } from "../session/own-run.ts";
import { retryingClient } from "../session/retrying-client.ts";
import type { Scope } from "../session/scope.ts";
import type { Session } from "../session/session.ts";
import { pendingCall } from "../session/user-code.ts";
import { startTaskRun } from "../task/task-run.ts";
import { startSubflow } from "./subflow.ts";
import { askForRun } from "./subflow-task-run.ts";

/** Unawaited calls are allowed: the end of the flow waits for them and counts their states. */
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
      const { pauseHere } = await import("../run/pause.ts");
      await pendingCall(pauseHere(session, scope, pause));
    },
    askForRun: (deployment, parameters, send) => askForRun(session, scope, deployment, parameters, send),
    api: { client: retryingClient(session), clock: session.clock, settings: session.settings },
  };
  return engine;
}
