// One task run: created, waits for what it depends on, runs, is tried again, ends. Three round trips when all goes well.
import { type TaskDefinition, taskName } from "#domain/definitions.ts";
import { parameterNames } from "#domain/parameter-names.ts";
import { UpstreamTaskError } from "#domain/run-errors.ts";
import { fromWire, type RunState } from "#domain/run-state.ts";
import { isUnavailable, patient } from "#lib/patience.ts";
import { toTimestamp } from "#lib/timestamps.ts";
import type { StateInput } from "#wire/states.ts";
import { createTaskRun, readTaskRun, type TaskRun } from "#wire/task-runs.ts";
import { currentRun, type RunEngine, type RunFrame, type RunLogger } from "./context.ts";
import { TaskFuture } from "./future.ts";
import { runHooks } from "./hooks.ts";
import { resolveArguments, taskInputs } from "./inputs.ts";
import { keepingOf, restored, withKeptResult } from "./keep.ts";
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
  if (await isLost(call, run)) run = await create(`${index}-${scope.flowRun.runCount}`);
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

async function isLost({ session, scope }: TaskCall, run: TaskRun): Promise<boolean> {
  if (run.state_type !== "COMPLETED" || scope.memory?.has(run.id)) return false;
  return (await restored(session, run.state)) === undefined;
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
  let cache: Cache | undefined;
  try {
    cache = await cacheOf(call, run, args);
  } catch (error) {
    logger.error(`Encountered exception during cacheKeyFn:\n${describeError(error, session.folder)}`);
    const ending = failed("Task", error, session.folder);
    const { state } = await proposeEnd(session, active, ending.proposal);
    return fromWire(state, ending.outcome);
  }
  for (let retry = 1; ; retry++) {
    const start = await proposeRunning(session, active, cache?.asked());
    if (start.state?.type !== "RUNNING") return refused(call, run, logger, start.reason);
    const ending = await kept(call, await attempt(call, run, logger, args, retry), cache);
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
  const { state } = await call.session.client.call(readTaskRun, { params: { id: run.id } });
  const final = fromWire(state, await restored(call.session, state));
  if (state?.name === "Cached") logger.info(`Finished in state ${final}`);
  else logger.info(`Task run '${run.name}' was not started: ${reason ?? "it is not running"}`);
  return final;
}

interface Cache {
  /** What is asked for before the run. */
  asked(): StateInput["state_details"];
  /** What is stored with its result. */
  stored(): StateInput["state_details"];
}

async function cacheOf({ session, scope, task }: TaskCall, run: TaskRun, args: unknown[]): Promise<Cache | undefined> {
  const { cacheKeyFn, cacheExpiration, refreshCache } = task.options;
  if (!cacheKeyFn) return undefined;
  const names = parameterNames(task.fn);
  const parameters = Object.fromEntries(args.map((value, index) => [names[index] ?? `arg${index}`, value]));
  const key = await cacheKeyFn({ task, taskRunId: run.id, flowRunId: scope.flowRun.id }, parameters);
  if (key === null || key === undefined) return undefined;
  const refresh = refreshCache ?? session.settings.ORCH_TASKS_REFRESH_CACHE;
  return {
    asked: () => ({ cache_key: key, ...(refresh ? { refresh_cache: true } : {}) }),
    stored: () => ({
      cache_key: key,
      ...(cacheExpiration === undefined
        ? {}
        : { cache_expiration: toTimestamp(session.clock.now() + cacheExpiration * 1000) }),
    }),
  };
}

async function kept({ session, scope, task }: TaskCall, ending: Ending, cache: Cache | undefined): Promise<Ending> {
  const needed = task.options.cacheKeyFn !== undefined || scope.memory !== undefined;
  const byDefault = session.settings.ORCH_RESULTS_PERSIST_BY_DEFAULT;
  const keeping = keepingOf(task.options.persistResult ?? (cache ? true : undefined), byDefault, needed);
  const result = await withKeptResult(session, "Task", ending, keeping);
  if (!cache || result.proposal.type !== "COMPLETED") return result;
  return { ...result, proposal: { ...result.proposal, state_details: cache.stored() } };
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
