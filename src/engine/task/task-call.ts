// A call of a task, and the run that is made of it.
import type { TaskDefinition } from "#domain/definitions.ts";
import type { TaskRun } from "#wire/runs/task-runs.ts";
import type { RunEngine, RunLogger } from "../session/context.ts";
import type { Scope } from "../session/scope.ts";
import type { Session } from "../session/session.ts";

export interface TaskCall {
  session: Session;
  scope: Scope;
  engine: RunEngine;
  task: TaskDefinition;
  args: readonly unknown[];
  /** `this` in the task's function: undefined unless the task was called as a method. */
  receiver?: unknown;
  /** `.submit` and `.map`, as opposed to a call that is awaited on the spot. */
  submitted: boolean;
}

/** One run of a task, with its logger. */
export interface TaskWork extends TaskCall {
  run: TaskRun;
  logger: RunLogger;
}
