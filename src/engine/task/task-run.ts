// Creates a task run, or finds it again, and executes it to its end: three round trips without retries.
import { taskName } from "#domain/definitions.ts";
import { parameterNames } from "#domain/parameters/parameter-names.ts";
import type { RunState } from "#domain/run-state.ts";
import { callUntilAvailable } from "#lib/retry.ts";
import { createTaskRun, type TaskRun } from "#wire/runs/task-runs.ts";
import { createRunLogger } from "../logs/run-logger.ts";
import { knownValue } from "../results/outcome.ts";
import { completedBefore } from "../run/completed-before.ts";
import { taskInputs } from "../run/inputs.ts";
import { isNamedLater, nameOfTaskRun } from "../run/run-names.ts";
import { TaskFuture } from "../session/future.ts";
import { pendingState } from "../session/propose.ts";
import { pendingCall } from "../session/user-code.ts";
import { runToTheEnd } from "./task-attempts.ts";
import type { TaskCall } from "./task-call.ts";

/** Starts the task run at once and gives its future. The order of calls is the order of dynamic keys. */
export function startTaskRun(call: TaskCall): TaskFuture<unknown> {
  const { scope, task } = call;
  scope.signal.throwIfAborted();
  const key = taskKey(task.fn.name || taskName(task));
  const created = createRun(call, key, scope.nextIndex(key));
  const final = created.then((found) => perform(call, found));
  scope.track(final);
  return new TaskFuture(
    created.then(({ run }) => run.id),
    final,
    pendingCall,
  );
}

/** As the old engine names functions of the entrypoint file. */
export function taskKey(functionName: string): string {
  return `__prefect_loader__.${functionName}`;
}

interface Found {
  run: TaskRun;
  /** How it ended before, when it is not to run again. */
  earlier: RunState | undefined;
}

async function createRun(call: TaskCall, key: string, index: number): Promise<Found> {
  const { session, scope, task, args } = call;
  const names = parameterNames(task.fn);
  const { options } = task;
  const body = {
    name:
      (isNamedLater(options.taskRunName, args) ? undefined : nameOfTaskRun(task, args)) ?? `${taskName(task)}-${index}`,
    flow_run_id: scope.flowRun.id,
    task_key: key,
    task_version: options.version ?? null,
    empirical_policy: {
      retries: options.retries ?? 0,
      retry_delay: wireDelay(options.retryDelaySeconds),
      ...(options.retryJitterFactor === undefined ? {} : { retry_jitter_factor: options.retryJitterFactor }),
    },
    tags: options.tags ?? [],
    task_inputs: await taskInputs(scope, args, names, options.waitFor),
    state: pendingState(),
  };
  const create = (dynamic_key: string) =>
    callUntilAvailable(session, (options) =>
      session.client.call(createTaskRun, { body: { ...body, dynamic_key } }, options),
    );
  let run = await create(String(index));
  let earlier = await completedBefore(session, scope, run);
  if (earlier === "lost") {
    run = await create(`${index}-${scope.flowRun.runCount}`);
    earlier = undefined;
  }
  if (earlier) return { run, earlier };
  scope.logger.info(`Created task run '${run.name}' for task '${taskName(task)}'`);
  scope.logger.info(
    call.submitted ? `Submitted task run '${run.name}' for execution.` : `Executing '${run.name}' immediately...`,
  );
  return { run, earlier };
}

/** The wire has whole seconds; the engine itself waits out the fraction (propose.ts). */
function wireDelay(delays: number | readonly number[] | undefined): number | number[] {
  return typeof delays === "object" ? delays.map(Math.floor) : Math.floor(delays ?? 0);
}

async function perform(call: TaskCall, { run, earlier }: Found): Promise<RunState> {
  const { session, scope } = call;
  const state = earlier ?? (await work(call, run));
  scope.memory?.set(run.id, state);
  const known = knownValue(state);
  if (known) scope.remember(known.value, run.id);
  session.active.delete(run.id);
  return state;
}

function work(call: TaskCall, run: TaskRun): Promise<RunState> {
  const { session } = call;
  session.active.set(run.id, { kind: "task", id: run.id });
  const subject = { kind: "Task", name: run.name, flowRunId: run.flow_run_id, taskRunId: run.id } as const;
  return runToTheEnd({ ...call, run, logger: createRunLogger(session, subject) });
}
