// Executes a flow run in this process, top-level or subflow: proposes Running, calls the function, proposes the end, retries.
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import { fromWire, type RunState, withoutStack } from "#domain/run-state.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { objectWithNumbers } from "#lib/json.ts";
import { expectLongWorkUnlessOver } from "#lib/process/jit.ts";
import { isUnavailable } from "#lib/retry.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import type { State } from "#wire/runs/states.ts";
import { createRunLogger } from "../logs/run-logger.ts";
import { type Ending, failed, logException, returned, returnedNothing } from "../results/outcome.ts";
import { persistenceOf, resultStoreOf, withPersistedResult } from "../results/result-persistence.ts";
import { previewResult } from "../results/result-preview.ts";
import { runHooks } from "../run/hooks.ts";
import { currentRun, type FlowRunInfo, type RunLogger } from "../session/context.ts";
import { isRetry, propose, proposeRunning, waitForRetry } from "../session/propose.ts";
import type { ResultStore } from "../session/results.ts";
import { createScope, type Memory, RunCancelled, type Scope } from "../session/scope.ts";
import type { RunRef, Session } from "../session/session.ts";
import { callUserCode, cleanedUp } from "../session/user-code.ts";

/** How long the end of a run waits for its log to be sent first. */
const DRAIN_SECONDS = 2;

export interface FlowRunJob {
  run: FlowRun;
  flow: FlowDefinition;
  /** The flow's name as the server knows it. */
  name?: string;
  args: readonly unknown[];
  parentRetries?: boolean;
  /** Where the flow that calls this one keeps results. */
  parentResults?: ResultStore | undefined;
  /** Of the flow that calls this one. */
  parentLogPrints?: boolean;
  /** The arguments have been through the flow's own schema. */
  checked?: boolean;
  /** Aborted when the flow that calls this one is given up. */
  parentSignal?: AbortSignal;
  /** Rejects when the flow must not go on; that is then thrown, and no end is proposed. */
  cancelled?: Promise<never>;
}

/** The logger of a flow run. */
export function flowRunLogger(session: Session, run: FlowRun): RunLogger {
  return createRunLogger(session, { kind: "Flow", name: run.name, flowRunId: run.id, taskRunId: null });
}

/** Runs to the end and returns the state the server then has: final, or why this process has to leave the run alone. */
export async function executeFlowRun(session: Session, job: FlowRunJob): Promise<RunState> {
  const { run, flow } = job;
  const logger = flowRunLogger(session, run);
  const active: RunRef = { kind: "flow", id: run.id, logger };
  const { retries, pause_keys, resuming } = run.empirical_policy;
  // A run that is resumed by a new process is not counted once more.
  const counted = run.run_count - (resuming ? 1 : 0);
  const results = await storeFor(session, job);
  if ("failure" in results) {
    const { state, details } = await propose(session, active, results.failure.proposal);
    if (details.type === "abort_details") return leftAlone(logger, state, details.reason);
    return ended(session, logger, job, fromWire(state, results.failure.outcome), counted);
  }
  const memory: Memory = (retries ?? 0) > 0 ? new Map() : undefined;
  for (let retry = 1; ; retry++) {
    const start = await proposeRunning(session, active);
    if (start.state?.type !== "RUNNING") return leftAlone(logger, start.state, start.reason);
    session.active.set(run.id, active);
    const scope = createScope(
      {
        flowRun: infoOf(job, counted + retry),
        logger,
        logPrints: logsPrints(session, job),
        memory,
        resultStore: results.store,
        isResumed: (pause_keys ?? []).length > 0,
      },
      job.parentSignal ?? session.signal,
    );
    const found = await attempt(session, scope, job);
    if (scope.pausedAs) return leftPaused(session, run, scope.pausedAs, logger);
    const ending = await withPersistedResult(session, "Flow", found, {
      persistence: persistenceFor(session, job),
      store: results.store,
      logger,
    });
    const failedAt = session.clock.elapsed();
    // Who waits for a run's end and then reads its log finds it there.
    if (!run.parent_task_run_id) await session.logs.drain(DRAIN_SECONDS);
    const { state, details } = await propose(session, active, ending.proposal, {
      result_metadata: shownOf(flow, ending),
    });
    session.active.delete(run.id);
    if (details.type === "abort_details") return leftAlone(logger, state, details.reason, ending);
    if (!isRetry(state)) return await ended(session, logger, job, fromWire(state, ending.outcome), counted + retry);
    logger.info(
      `Received non-final state '${state.name}' when proposing final state '${ending.proposal.name}' and will attempt to run again...`,
    );
    await waitForRetry(session, state, failedAt, flow.options.retryDelaySeconds ?? 0);
  }
}

/** `parentRetries`: a subflow's result is needed when its parent is tried again. */
function persistenceFor({ settings }: Session, { flow, parentRetries = false }: FlowRunJob) {
  return persistenceOf(flow.options.persistResult, settings.ORCH_RESULTS_PERSIST_BY_DEFAULT, parentRetries);
}

/** The storage that the flow names, else its parent's, else the setting's. */
function storeFor(session: Session, { flow, parentResults }: FlowRunJob) {
  const defaultBlock = session.settings.ORCH_DEFAULT_RESULT_STORAGE_BLOCK || undefined;
  const named = flow.options.resultStorage ?? (parentResults ? undefined : defaultBlock);
  return resultStoreOf(session, named, parentResults);
}

/** An author who keeps no results does not want them to be seen either. */
function shownOf({ options }: FlowDefinition, { proposal, outcome }: Ending) {
  if (options.persistResult === false || proposal.type !== "COMPLETED") return undefined;
  return outcome && "value" in outcome ? previewResult(outcome.value) : undefined;
}

/** Not an end: what completed is kept by the server, and the next process goes on from there. */
async function leftPaused(session: Session, run: FlowRun, paused: State, logger: RunLogger): Promise<RunState> {
  session.active.delete(run.id);
  logger.info("The flow run is paused, and this process ends. Another one goes on with it when it is resumed.");
  await session.logs.drain(DRAIN_SECONDS);
  return fromWire(paused);
}

function leftAlone(logger: RunLogger, state: FlowRun["state"], reason: string | null, ending?: Ending): RunState {
  const where = state ? ` It is ${state.name} now.` : "";
  logger.info(
    `${ending ? "The end of the run was not recorded" : "Not started"}: ${reason ?? "the server refused."}${where}`,
  );
  return fromWire(state, ending?.outcome);
}

async function ended(
  session: Session,
  logger: RunLogger,
  job: FlowRunJob,
  state: RunState,
  runCount: number,
): Promise<RunState> {
  logger[state.isCompleted() ? "info" : "error"](`Finished in state ${withoutStack(state)}`);
  const frame = {
    engine: currentRun.getStore()?.engine ?? null,
    flowRun: infoOf(job, runCount),
    taskRun: null,
    logger,
    logPrints: logsPrints(session, job),
    signal: job.parentSignal ?? session.signal,
  };
  await runHooks(session, frame, job.flow.options, job.flow, job.run, state);
  return state;
}

function logsPrints({ settings }: Session, { flow, parentLogPrints }: FlowRunJob): boolean {
  return flow.options.logPrints ?? parentLogPrints ?? settings.ORCH_LOGGING_LOG_PRINTS;
}

function infoOf({ run, flow, name }: FlowRunJob, runCount: number): FlowRunInfo {
  return {
    id: run.id,
    name: run.name,
    flowName: name ?? flowName(flow),
    deploymentId: run.deployment_id,
    parameters: objectWithNumbers(run.parameters),
    tags: run.tags,
    runCount,
    expectedStartTime: run.expected_start_time,
  };
}

/** A flow that is called has its arguments checked here: a refusal is the end of the run, not of who called it. */
async function checkedArguments({ flow, args, checked = false }: FlowRunJob): Promise<readonly unknown[]> {
  const { parameters, validateParameters } = flow.options;
  if (!parameters || checked || validateParameters === false) return args;
  const { checkedBySchema } = await import("#domain/parameters/standard-schema.ts");
  try {
    return [await checkedBySchema(parameters, args[0] ?? {})];
  } catch (cause) {
    const sentence = `Validation of flow parameters failed with error: ${messageOf(cause)}`;
    throw new OrchError("invalid", sentence, { cause });
  }
}

/** Scripts fail by it; a run does not. */
function noteExitCode(logger: RunLogger): void {
  const { exitCode } = process;
  if (!exitCode) return;
  logger.warn(`process.exitCode is ${exitCode}, which does not fail a run. Throw an error to fail it.`);
  process.exitCode = 0;
}

async function attempt(session: Session, scope: Scope, job: FlowRunJob): Promise<Ending> {
  const { flow } = job;
  const frame = {
    engine: session.engineFor(session, scope),
    flowRun: scope.flowRun,
    taskRun: null,
    logger: scope.logger,
    logPrints: scope.logPrints,
    signal: scope.signal,
  };
  try {
    expectLongWorkUnlessOver();
    const args = await checkedArguments(job);
    const call = () => flow.fn.apply(undefined, args as never[]); // bound to the signature before
    const work = callUserCode(session, frame, flow.options.timeoutSeconds, call);
    work.catch(() => {}); // it may end after the run was cancelled
    const value = await (job.cancelled ? Promise.race([work, job.cancelled]) : work);
    await scope.settle();
    if (!job.run.parent_task_run_id) noteExitCode(scope.logger);
    return value === undefined ? returnedNothing(scope.states) : await returned(value);
  } catch (error) {
    if (error instanceof RunCancelled) {
      scope.close();
      await cleanedUp(session);
      throw error;
    }
    // The engine's own end, not the flow's: the process has to stop, the caller was given up, or the server was away too long.
    if (scope.signal.aborted || isUnavailable(error)) throw error;
    const ending = failed("Flow", error, session.folder);
    if (scope.pausedAs) {
      await scope.settle();
      return ending;
    }
    // Tasks of a flow that threw still end properly; those of one that ran out of time are not waited for.
    if (ending.proposal.name !== "TimedOut") await scope.settle();
    logException(scope.logger, error, session.folder);
    return ending;
  } finally {
    scope.close();
  }
}
