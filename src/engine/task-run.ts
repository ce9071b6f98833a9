// One task run: created, waits for what it depends on, runs, is tried again, ends. Three round trips when all goes well.
import { type TaskDefinition, taskName } from "#domain/definitions.ts";
import { parameterNames } from "#domain/parameter-names.ts";
import { UpstreamTaskError } from "#domain/run-errors.ts";
import { fromWire, type RunState } from "#domain/run-state.ts";
import { isObject } from "#lib/json.ts";
import { isUnavailable, patient } from "#lib/patience.ts";
import type { State, StateInput } from "#wire/states.ts";
import { createTaskRun, readTaskRun, type TaskRun } from "#wire/task-runs.ts";
import { currentRun, type RunEngine, type RunFrame, type RunLogger } from "./context.ts";
import { TaskFuture } from "./future.ts";
import { runHooks } from "./hooks.ts";
import { resolveArguments, taskInputs } from "./inputs.ts";
import { type Ending, failed, returned, withTimeout } from "./outcome.ts";
import { isRetry, pendingState, propose, proposeEnd, proposeRunning, retryDelay, waitForRetry } from "./propose.ts";
import { createRunLogger } from "./run-logger.ts";
import { fillTemplate } from "./run-names.ts";
import type { Scope } from "./scope.ts";
import type { Session } from "./session.ts";
import { describeError } from "./stack.ts";

export interface TaskCall {
  session: Session;
  scope: Scope;
  engine: RunEngine;
  task: TaskDefinition;
  args: readonly unknown[];
  /** `.submit` and `.map`, as opposed to a call that is awaited on the spot. */
  submitted: boolean;
}

/** Starts the task run at once and gives its future. The order of calls is the order of dynamic keys. */
export function startTaskRun(call: TaskCall): TaskFuture<unknown> {
  const { scope, task } = call;
  scope.signal.throwIfAborted();
  const key = taskKey(task.fn.name || taskName(task));
  const created = createRun(call, key, scope.nextIndex(key));
  const final = created.then((run) => perform(call, run));
  scope.track(final);
  return new TaskFuture(
    created.then((run) => run.id),
    final,
  );
}

/** As the old engine names functions of the entrypoint file. */
export function taskKey(functionName: string): string {
  return `__prefect_loader__.${functionName}`;
}

async function createRun(call: TaskCall, key: string, index: number): Promise<TaskRun> {
  const { session, scope, task, args } = call;
  const names = parameterNames(task.fn);
  const { options } = task;
  const body = {
    name: fillTemplate(options.taskRunName, names, args) ?? `${taskName(task)}-${index}`,
    flow_run_id: scope.flowRun.id,
    task_key: key,
    dynamic_key: String(index),
    task_version: options.version ?? null,
    empirical_policy: { retries: options.retries ?? 0, retry_delay: wireDelay(options.retryDelaySeconds) },
    tags: options.tags ?? [],
    task_inputs: await taskInputs(scope, args, names, options.waitFor),
    state: pendingState(),
  };
  const create = (dynamic_key: string) =>
    patient(session, (options) => session.client.call(createTaskRun, { body: { ...body, dynamic_key } }, options));
  let run = await create(body.dynamic_key);
  // A restarted flow in a new process: the task completed in the old one and its result is gone, so it runs once more.
  if (isLost(scope, run)) run = await create(`${index}-${scope.flowRun.runCount}`);
  scope.logger.info(`Created task run '${run.name}' for task '${taskName(task)}'`);
  scope.logger.info(
    call.submitted ? `Submitted task run '${run.name}' for execution.` : `Executing '${run.name}' immediately...`,
  );
  return run;
}

/** The wire has whole seconds; the engine itself waits out the fraction (propose.ts). */
function wireDelay(delays: number | number[] | undefined): number | number[] {
  return typeof delays === "object" ? delays.map(Math.floor) : Math.floor(delays ?? 0);
}

function isLost(scope: Scope, run: TaskRun): boolean {
  return run.state_type === "COMPLETED" && !scope.memory?.has(run.id) && literal(run.state) === undefined;
}

function literal(state: State | null): { value: unknown } | undefined {
  const data = state?.data;
  return isObject(data) && data["type"] === "literal" ? { value: data["value"] } : undefined;
}

async function perform(call: TaskCall, run: TaskRun): Promise<RunState> {
  const { session, scope, task } = call;
  const remembered = scope.memory?.get(run.id);
  if (remembered && run.state_type === "COMPLETED") return remembered;
  const subject = { kind: "Task", name: run.name, flowRunId: run.flow_run_id, taskRunId: run.id } as const;
  const logger = createRunLogger(session, subject);
  session.active.set(run.id, { kind: "task", id: run.id });
  const state = await dependOnOthers(call, run, (args) => attempts(call, run, logger, args));
  session.active.delete(run.id);
  scope.memory?.set(run.id, state);
  if (state.isCompleted()) scope.remember(state.result(), run.id);
  await runHooks(session, logger, task.options, task, run, state);
  return state;
}

async function dependOnOthers(
  call: TaskCall,
  run: TaskRun,
  body: (args: unknown[]) => Promise<RunState>,
): Promise<RunState> {
  let args: unknown[];
  try {
    await resolveArguments(call.task.options.waitFor ?? []);
    args = await resolveArguments(call.args);
  } catch (error) {
    if (!(error instanceof UpstreamTaskError)) throw error;
    const notReady: StateInput = { type: "PENDING", name: "NotReady", message: error.message };
    const { state } = await propose(call.session, { kind: "task", id: run.id }, notReady);
    return fromWire(state, { error });
  }
  return body(args);
}

async function attempts(call: TaskCall, run: TaskRun, logger: RunLogger, args: unknown[]): Promise<RunState> {
  const { session, task } = call;
  const active = { kind: "task", id: run.id } as const;
  for (let retry = 1; ; retry++) {
    const start = await proposeRunning(session, active);
    if (start.state?.type !== "RUNNING") return refused(call, run, logger, start.reason);
    const ending = await attempt(call, run, logger, args, retry);
    const failedAt = session.clock.now();
    const { state } = await proposeEnd(session, active, ending.proposal);
    if (!isRetry(state)) {
      const final = fromWire(state, ending.outcome);
      logger[final.isCompleted() ? "info" : "error"](`Finished in state ${final}`);
      return final;
    }
    logger.info(
      `Received non-final state '${state.name}' when proposing final state '${ending.proposal.name}' and will attempt to run again...`,
    );
    await waitForRetry(session, state, failedAt, retryDelay(task.options.retryDelaySeconds, retry));
  }
}

/** The server said no: the run is what it is now — cached, cancelled with its flow, or done before. */
async function refused(call: TaskCall, run: TaskRun, logger: RunLogger, reason: string | null): Promise<RunState> {
  logger.info(`Task run '${run.name}' was not started: ${reason ?? "it is not running"}`);
  const { state } = await call.session.client.call(readTaskRun, { params: { id: run.id } });
  return fromWire(state, literal(state));
}

async function attempt(
  call: TaskCall,
  run: TaskRun,
  logger: RunLogger,
  args: unknown[],
  count: number,
): Promise<Ending> {
  const { session, scope, engine, task } = call;
  const frame: RunFrame = {
    engine,
    flowRun: scope.flowRun,
    taskRun: { id: run.id, name: run.name, taskName: taskName(task), runCount: run.run_count + count },
    logger,
    logPrints: task.options.logPrints ?? scope.logPrints,
    signal: scope.signal,
  };
  try {
    const work = currentRun.run(frame, async () => task.fn(...(args as never[]))); // types were checked by the caller
    return await returned(await withTimeout(session.clock, task.options.timeoutSeconds, work));
  } catch (error) {
    // Not the task's own end: its flow was given up, or the server was away for too long.
    if (scope.signal.aborted || isUnavailable(error)) throw error;
    logger.error(`Encountered exception during execution:\n${describeError(error, session.folder)}`);
    return failed("Task", error, session.folder);
  }
}
