// Looks after one claimed flow run: starts it, watches it, and reports a process that ends badly.
import { existsSync, rmSync } from "node:fs";
import { attemptClient, isNoLongerYours } from "#client/attempt.ts";
import type { Client } from "#client/client.ts";
import { Cancelled, Crashed, Failed, isTerminal } from "#domain/states.ts";
import type { Exit, Infrastructures, Job, RunningJob, Started, Unseen } from "#infrastructure/infrastructure.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import type { Settings } from "#settings/table.ts";
import { PROCESS_START_HEADER } from "#wire/pools/agents.ts";
import { attemptText } from "#wire/runs/attempts.ts";
import { type FlowRun, type QueuedFlowRun, readFlowRun, setFlowRunState, updateFlowRun } from "#wire/runs/flow-runs.ts";
import { sendHeartbeats } from "#wire/runs/heartbeats.ts";
import type { StateInput } from "#wire/runs/states.ts";
import type { Claim } from "./claim.ts";
import { insistOnEnd } from "./ending.ts";
import type { Preparation } from "./job.ts";
import type { LastWords } from "./last-words.ts";
import type { ServerLink } from "./server-link.ts";
import type { Shortage } from "./shortage.ts";

const STOPPED = "The agent that looked after this flow run was stopped.";
const NO_RESULT = "The process of the flow run ended without reporting its result.";
/** Time for a run to report its own end when its agent has to end at once. */
const STOP_GRACE_SECONDS = 3;

export interface CareOptions {
  client: Client;
  clock: Clock;
  settings: Pick<Settings, "ORCH_LOGGING_TO_API_ENABLED">;
  link: ServerLink;
  infrastructure: Infrastructures;
  /** Waits for what the machine lacks. */
  shortage: Shortage;
  /** End the runs now. */
  stopNow: AbortSignal;
  /** Ends calls that the server does not answer. */
  giveUp: AbortSignal;
  /** Whether a run's process is being ended because the run was cancelled. */
  isBeingCancelled: (runId: string) => boolean;
  /** One line about a run, for the person who started the agent. */
  say: (line: string) => void;
  /** A line that a run printed; see `Job.output`. */
  print: Job["output"];
}

export interface InCare extends Claim {
  /** Its calls carry the token. */
  client: Client;
  /** The run was taken from this agent: its process is ended, and nothing is reported. */
  lose(sentence: string): void;
  /** The run is being handed back, or is not any more: while it is, its loss is no news. */
  setOffered(isOffered: boolean): void;
  /** Ends its process without a word to the server, which does not answer and finds the run by itself. For one that has not begun. */
  abandon(): void;
  /** Whether a process was started for it. */
  hasProcess(): boolean;
  /** Where it executes does not answer; undefined while it does. */
  unseen(): Unseen | undefined;
  /** Ends a start that goes on: the run is being cancelled. `job` is then `null`, and nothing is reported. */
  giveUpStart(): void;
  /** Resolves with its process; `null` when none could be started. */
  job: Promise<RunningJob | null>;
  /** Resolves when the process has ended and the log of the run has everything. Never rejects. */
  logged: Promise<void>;
  /** Resolves when the process has ended and its end is reported. Never rejects. */
  ended: Promise<void>;
}

/** Starts a claimed run and stays with it to its end. */
export function lookAfter(shared: CareOptions, claim: Claim, preparation: Preparation): InCare {
  shared.say(`Submitting flow run '${claim.run.name}' (${claim.run.id})`);
  return careFor(shared, claim, (options) => start(options, claim.run, preparation));
}

/** `begin` resolves with the run's job, or with null where there is none and everything is reported. Never rejects. */
export function careFor(
  shared: CareOptions,
  { run, token }: Claim,
  begin: (options: OwnCare) => Promise<Started | null>,
): InCare {
  const lost = new AbortController();
  let isOffered = false;
  const lose = (sentence: string) => {
    if (lost.signal.aborted) return;
    if (!isOffered) shared.say(`${sentence} Its process is ended.`);
    lost.abort();
  };
  const client = attemptClient(shared.client, attemptText({ flowRunId: run.id, token }), lose);
  const unwanted = new AbortController();
  const abandoned = new AbortController();
  const link: ServerLink = { ...shared.link, insist: (call) => shared.link.insist(call, abandoned.signal) };
  const ends = { lost: lost.signal, unwanted: unwanted.signal, abandoned: abandoned.signal };
  const options: OwnCare = { ...shared, client, link, token, ...ends };
  const starting = begin(options);
  let running: Started | null = null;
  void starting.then((started) => {
    running = started;
  });
  const { promise: logged, resolve } = Promise.withResolvers<void>();
  return {
    ...{ run, token, client, lose },
    setOffered(is) {
      isOffered = is;
    },
    abandon() {
      abandoned.abort();
      lost.abort();
    },
    hasProcess: () => running !== null,
    unseen: () => running?.unseen?.(),
    giveUpStart: () => unwanted.abort(),
    job: starting.then((started) => started && { ...started, flowRunId: run.id }),
    logged,
    ended: starting
      .then(async (started) => {
        if (started) await watch(options, run, started, resolve);
      })
      .finally(resolve),
  };
}

/** The care for one run. */
export interface OwnCare extends CareOptions {
  token: string;
  /** Aborted when the run was taken from this agent. */
  lost: AbortSignal;
  /** Aborted when the run is cancelled before it was started. */
  unwanted: AbortSignal;
  /** Aborted besides `lost` when nothing more is sent about it. */
  abandoned: AbortSignal;
}

async function start(options: OwnCare, run: QueuedFlowRun, preparation: Preparation): Promise<Started | null> {
  const { link, infrastructure, shortage, stopNow, token, lost, unwanted, say, print } = options;
  const given = AbortSignal.any([stopNow, lost, unwanted]);
  try {
    const job = await link.insist(() => preparation.jobOf(run));
    if (!given.aborted) {
      const whole = { ...job, attempt: token, output: print };
      return await shortage.insist(() => infrastructure.start(whole, given), given);
    }
  } catch (error) {
    if (!given.aborted) {
      say(`Flow run '${run.name}' could not be started: ${messageOf(error)}`);
      const reason = `Submission failed. ${messageOf(error)}`;
      await complete(options, run, undefined, { printed: null, reason });
      await report(options, run, Failed({ message: reason }));
      return null;
    }
  }
  if (!lost.aborted && !unwanted.aborted) await report(options, run, Crashed({ message: STOPPED }));
  return null;
}

async function watch(options: OwnCare, run: QueuedFlowRun, started: Started, logged: () => void): Promise<void> {
  const { pid, processStart, exited } = started;
  const { client, link, stopNow, giveUp, lost, abandoned, say } = options;
  // In the background: the process is at work already.
  const body = { infrastructure_pid: pid };
  const headers = processStart === undefined ? {} : { [PROCESS_START_HEADER]: processStart };
  const noted = link
    .insist((again) => client.call(updateFlowRun, { params: { id: run.id }, body }, { ...again, headers }))
    .catch((error) => {
      if (!lost.aborted) say(`The process of flow run '${run.name}' could not be noted: ${messageOf(error)}`);
    });
  const job = { pid, processStart, flowRunId: run.id };
  const over = new AbortController();
  const endWithin = (graceSeconds: number) =>
    insistOnEnd(options, run.name, job, graceSeconds, AbortSignal.any([over.signal, giveUp]));
  const stop = () => void endWithin(STOP_GRACE_SECONDS);
  stopNow.addEventListener("abort", stop);
  if (stopNow.aborted) stop();
  // Without grace: another execution is at work, and the last words of this one would be about that.
  const end = () => void endWithin(0);
  lost.addEventListener("abort", end);
  if (lost.aborted) end();
  const exit = await exited;
  over.abort();
  const { code } = exit;
  stopNow.removeEventListener("abort", stop);
  lost.removeEventListener("abort", end);
  await noted;
  if (abandoned.aborted) return removeLeft(started.logFile);
  const found = await finishLog(options, run, started, exit);
  logged();
  if (lost.aborted) return removeLeft(started.logFile);
  if (code !== 0) say(exit.line);
  if (code !== 0 && !isHandedOn(found)) {
    const message = `Flow run infrastructure exited with non-zero status code ${code}.`;
    await report(options, run, Crashed({ message: stopNow.aborted ? STOPPED : message }));
  }
  await settle(options, run, started, exit);
}

/** Its process was ended after it had failed: the run is tried again by another one. */
function isHandedOn(run: FlowRun | undefined): boolean {
  return run?.state_type === "SCHEDULED";
}

/**
 * The run as it is then, where that was asked. A process that ended as it should has sent everything, and its run has ended:
 * then there is nothing to do.
 */
async function finishLog(
  options: OwnCare,
  run: QueuedFlowRun,
  started: Started,
  { code, reason: crash, cancelReason, cause }: Exit,
): Promise<FlowRun | undefined> {
  const { client, link, stopNow, lost } = options;
  if (code === 0 && (started.logFile === undefined || !existsSync(started.logFile))) return undefined;
  const now = await link
    .insist((options) => client.call(readFlowRun, { params: { id: run.id } }, options))
    .catch(() => undefined); // deleted meanwhile, or taken from this agent
  if (!now) {
    // What the process wrote while the run was its own. The server takes it for as long as no other execution has begun.
    if (lost.aborted) await complete(options, run, started.logFile, { printed: null, reason: null });
    return undefined;
  }
  const isLost = code !== 0 && !isTerminal(now.state_type) && !isHandedOn(now);
  const why = () => {
    if (now.state_type === "CANCELLING") return cancelReason;
    return stopNow.aborted ? `Crash detected! ${STOPPED}` : crash;
  };
  const reason = isLost ? why() : now.state_type === "CRASHED" ? (cause ?? null) : null;
  // A process that could report its end has also sent what belongs to its log.
  await complete(options, run, started.logFile, {
    printed: isLost && reason !== null ? started.lastLines() : null,
    reason,
  });
  return now;
}

async function complete(
  options: CareOptions,
  run: QueuedFlowRun,
  logFile: string | undefined,
  words: Pick<LastWords, "printed" | "reason">,
): Promise<void> {
  const { client, clock, link, settings, say } = options;
  if (!settings.ORCH_LOGGING_TO_API_ENABLED) return;
  // Each call is insisted on, not the whole: what is sent again is then the same.
  const call: Client["call"] = (endpoint, input) => link.insist((again) => client.call(endpoint, input, again));
  try {
    const { completeLog } = await import("./last-words.ts");
    await completeLog({ runId: run.id, call, clock, logFile, ...words });
  } catch (error) {
    if (isNoLongerYours(error)) return;
    say(`The log of flow run '${run.name}' could not be completed: ${messageOf(error)}`);
  }
}

/** What the process of another's run had still to say, where the server takes it no more. */
function removeLeft(logFile: string | undefined): void {
  if (logFile !== undefined) rmSync(logFile, { force: true });
}

/** Reports the crash of a process that ended without an end of its run: nothing else would. */
async function settle(options: OwnCare, run: QueuedFlowRun, started: Started, { reason }: Exit): Promise<void> {
  const { pid } = started;
  const { client, link, isBeingCancelled, say } = options;
  const now = await link
    .insist((options) => client.call(readFlowRun, { params: { id: run.id } }, options))
    .catch(() => undefined); // deleted meanwhile: nothing is left to settle
  if (!now) return;
  const left = now.infrastructure_pid === pid && !isBeingCancelled(run.id);
  if (left && now.state_type === "CANCELLING")
    await report(options, run, Cancelled({ message: now.state?.message ?? null }));
  if (left && (now.state_type === "PENDING" || now.state_type === "RUNNING")) {
    await complete(options, run, started.logFile, { printed: started.lastLines(), reason });
    await report(options, run, Crashed({ message: NO_RESULT }));
  }
  if (now.state_type === "SCHEDULED") await handOn(options, run);
  if (isTerminal(now.state_type)) say(`Flow run '${run.name}' finished in state ${now.state_name}`);
}

/** It waits for its retry, and its process is gone: another one may be started for it. */
async function handOn({ client, link, token, lost, say }: OwnCare, run: QueuedFlowRun): Promise<void> {
  const body = { flow_run_ids: [], attempts: { [run.id]: token }, ended: [run.id] };
  await link
    .insist((again) => client.call(sendHeartbeats, { body }, again))
    .catch((error) => {
      if (!lost.aborted)
        say(`That the process of flow run '${run.name}' has ended could not be reported: ${messageOf(error)}`);
    });
}

/** Offered until the server answers; a run that has ended already stays as it is. */
async function report(options: CareOptions, run: QueuedFlowRun, state: StateInput): Promise<void> {
  const { client, link, giveUp, say } = options;
  try {
    const body = { state };
    await link.insist((options) => client.call(setFlowRunState, { params: { id: run.id }, body }, options));
  } catch (error) {
    if (isNoLongerYours(error) || (error instanceof OrchError && error.code === "not_found")) return; // or deleted meanwhile
    const reason = giveUp.aborted ? "the server did not answer in time." : messageOf(error);
    say(`The end of flow run '${run.name}' could not be reported: ${reason}`);
  }
}
