// Executes a task run: waits for what it depends on, proposes Running, calls the function, retries.
import { taskName } from "#domain/definitions.ts";
import { parameterNames } from "#domain/parameters/parameter-names.ts";
import { UpstreamTaskError } from "#domain/run-errors.ts";
import { fromWire, type RunState, withoutStack } from "#domain/run-state.ts";
import { callUntilAvailable, isUnavailable } from "#lib/retry.ts";
import type { State, StateInput } from "#wire/runs/states.ts";
import { readTaskRun, updateTaskRun } from "#wire/runs/task-runs.ts";
import { createRunLogger } from "../logs/run-logger.ts";
import { describeError } from "../logs/stack.ts";
import { type Ending, failed, logException, returned } from "../results/outcome.ts";
import { persistenceOf, restored, resultStoreOf, withPersistedResult } from "../results/result-persistence.ts";
import type { TaskCache } from "../results/task-cache.ts";
import { runHooks } from "../run/hooks.ts";
import { resolveArguments } from "../run/inputs.ts";
import { isNamedLater, nameOfTaskRun } from "../run/run-names.ts";
import type { RunFrame } from "../session/context.ts";
import { isRetry, propose, proposeRunning, retryDelay, type Start, waitForRetry } from "../session/propose.ts";
import { PausedRun } from "../session/scope.ts";
import { callUserCode } from "../session/user-code.ts";
import type { SlotQueueEntry } from "./slots.ts";
import type { TaskWork } from "./task-call.ts";

export async function runToTheEnd(work: TaskWork): Promise<RunState> {
  let args: unknown[];
  try {
    await resolveArguments(work.task.options.waitFor ?? []);
    args = await resolveArguments(work.args);
  } catch (error) {
    if (!(error instanceof UpstreamTaskError)) throw error;
    const notReady: StateInput = { type: "PENDING", name: "NotReady", message: error.message };
    const { state } = await propose(work.session, { kind: "task", id: work.run.id }, notReady);
    return fromWire(state, { error });
  }
  return attempts(isNamedLater(work.task.options.taskRunName, work.args) ? await named(work, args) : work, args);
}

async function named(work: TaskWork, args: readonly unknown[]): Promise<TaskWork> {
  const { session, task, run } = work;
  const name = nameOfTaskRun(task, args) ?? run.name;
  const call = { params: { id: run.id }, body: { name } };
  await callUntilAvailable(session, (options) => session.client.call(updateTaskRun, call, options));
  const subject = { kind: "Task", name, flowRunId: run.flow_run_id, taskRunId: run.id } as const;
  return { ...work, run: { ...run, name }, logger: createRunLogger(session, subject) };
}

async function attempts(work: TaskWork, args: unknown[]): Promise<RunState> {
  const { session, scope, task, run, logger } = work;
  const { persistResult, retryDelaySeconds, retryJitterFactor } = task.options;
  const active = { kind: "task", id: run.id } as const;
  const opened = await cacheOf(work, args);
  if ("failure" in opened) return endedBefore(work, opened.failure);
  const results = await resultStoreOf(session, task.options.resultStorage, scope.resultStore);
  if ("failure" in results) return endedBefore(work, results.failure);
  const { cache } = opened;
  const chosen = persistResult ?? (cache ? true : undefined);
  const persistence = persistenceOf(
    chosen,
    session.settings.ORCH_RESULTS_PERSIST_BY_DEFAULT,
    scope.memory !== undefined,
  );
  const options = { persistence, store: results.store, logger };
  for (let retry = 1; ; retry++) {
    const start = await startWhenResumed(work, retry === 1 ? cache?.lookup : undefined);
    if (start.state?.type !== "RUNNING") return refused(work, start);
    const ending = await withPersistedResult(session, "Task", await attempt(work, args, retry), options);
    const failedAt = session.clock.elapsed();
    // A value that is lost is made again, not found under its key.
    const proposal = ending.isLost ? ending.proposal : (cache?.enter(ending.proposal) ?? ending.proposal);
    const { state } = await propose(session, active, proposal);
    if (!isRetry(state)) return ended(work, state, ending, retry);
    logger.info(
      `Received non-final state '${state.name}' when proposing final state '${ending.proposal.name}' and will attempt to run again...`,
    );
    // The server draws the delay of a retry with jitter. Of any other it has cut off the fraction of a second.
    await waitForRetry(session, state, failedAt, retryJitterFactor ? 0 : retryDelay(retryDelaySeconds, retry));
  }
}

/** Tasks of a limited tag wait for their slot. */
async function startInTurn({ session, scope, run }: TaskWork, lookup: TaskCache["lookup"]): Promise<Start> {
  let entry: SlotQueueEntry | undefined;
  try {
    return await proposeRunning(session, { kind: "task", id: run.id }, lookup, async (seconds) => {
      const { joinSlotQueue } = await import("./slots.ts");
      entry ??= joinSlotQueue(session, run.tags, scope.signal);
      await entry.wait(seconds);
    });
  } finally {
    entry?.leave();
  }
}

/** Tasks do not start while their flow is paused. */
async function startWhenResumed(work: TaskWork, lookup: TaskCache["lookup"] = {}): Promise<Start> {
  const { session, scope, run } = work;
  const active = { kind: "task", id: run.id } as const;
  for (let isOver = false; ; ) {
    const start = await startInTurn(work, lookup);
    // Paused although its flow is not: the flow has ended, and the task never starts.
    if (start.state?.type !== "PAUSED" || isOver) return start;
    const { currentPause, untilResumed, USUAL_POLL_SECONDS } = await import("../run/pause.ts");
    const paused = await currentPause(session, scope);
    isOver = paused === undefined;
    session.active.delete(run.id);
    if (paused) await untilResumed(session, scope, paused, USUAL_POLL_SECONDS);
    session.active.set(run.id, active);
  }
}

/** A function that makes no key fails the run before it starts. */
async function cacheOf(
  { session, scope, task, run, logger }: TaskWork,
  args: unknown[],
): Promise<{ cache: TaskCache | undefined } | { failure: Ending }> {
  if (!task.options.cacheKeyFn) return { cache: undefined };
  const { openCache } = await import("../results/task-cache.ts");
  try {
    const names = parameterNames(task.fn);
    return { cache: await openCache(session, { task, run, flowRunId: scope.flowRun.id, names, args }) };
  } catch (error) {
    logger.error(`No cache key could be made:\n${describeError(error, session.folder)}`);
    return { failure: failed("Task", error, session.folder) };
  }
}

/** It failed before it was started. */
async function endedBefore(work: TaskWork, failure: Ending): Promise<RunState> {
  const active = { kind: "task", id: work.run.id } as const;
  return ended(work, (await propose(work.session, active, failure.proposal)).state, failure, 0);
}

async function ended(work: TaskWork, state: State | null, { outcome }: Ending, count: number): Promise<RunState> {
  const { session, task, run, logger } = work;
  const final = fromWire(state, outcome);
  logger[final.isCompleted() ? "info" : "error"](`Finished in state ${withoutStack(final)}`);
  session.active.delete(run.id);
  await runHooks(session, frameOf(work, count), task.options, task, run, final);
  return final;
}

/** The server said no: the run is what it is now — cached, cancelled with its flow, or done before. */
async function refused({ session, run, logger }: TaskWork, start: Start): Promise<RunState> {
  const read = () =>
    callUntilAvailable(session, (call) => session.client.call(readTaskRun, { params: { id: run.id } }, call));
  const state = start.state ?? (await read()).state;
  const final = fromWire(state, await restored(session, state));
  if (state?.name === "Cached") logger.info(`Finished in state ${final}`);
  else logger.info(`Task run '${run.name}' was not started: ${start.reason ?? "it is not running"}`);
  return final;
}

/** A task that called another one, which could not start: it gives back its slots, and runs again with its flow. */
async function leaveToTheNext({ session, run }: TaskWork): Promise<void> {
  await propose(session, { kind: "task", id: run.id }, { type: "PAUSED", name: "NotReady" });
  session.active.delete(run.id);
}

/** `count`: the attempts in this process. */
function frameOf({ scope, engine, task, run, logger }: TaskWork, count: number): Omit<RunFrame, "activity"> {
  return {
    engine,
    flowRun: scope.flowRun,
    taskRun: { id: run.id, name: run.name, taskName: taskName(task), runCount: run.run_count + count },
    logger,
    logPrints: task.options.logPrints ?? scope.logPrints,
    signal: scope.signal,
  };
}

async function attempt(work: TaskWork, args: unknown[], count: number): Promise<Ending> {
  const { session, scope, task, receiver, logger } = work;
  const frame = frameOf(work, count);
  try {
    const call = () => task.fn.apply(receiver, args as never[]); // types were checked by the caller
    return await returned(await callUserCode(session, frame, task.options.timeoutSeconds, call));
  } catch (error) {
    // Not the task's own end: its flow was given up, or the server was away for too long.
    if (scope.signal.aborted || isUnavailable(error)) throw error;
    if (error instanceof PausedRun) {
      await leaveToTheNext(work);
      throw error;
    }
    logException(logger, error, session.folder);
    return failed("Task", error, session.folder);
  }
}
