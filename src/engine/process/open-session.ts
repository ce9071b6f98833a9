// Opens a session, does the work in it, and closes it: however it ends, runs are reported and logs are sent before.
import { attemptClient } from "#client/attempt.ts";
import type { Client } from "#client/client.ts";
import { expectingFirstAnswer } from "#client/first-answer.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { noticeFile } from "#lib/files/record-file.ts";
import { createRunEngine } from "../flow/run-engine.ts";
import { captureConsole } from "../logs/capture-console.ts";
import { createLogShipper } from "../logs/log-shipper.ts";
import { Interruption } from "../session/interruption.ts";
import { retryingClient } from "../session/retrying-client.ts";
import type { EngineSettings, Session } from "../session/session.ts";
import { cleanedUp } from "../session/user-code.ts";
import { CRASH_REPORT_SECONDS, type Crash, crashOf, logCrash, reportCrash } from "./crash.ts";
import { type InterruptionWatch, watchInterruptions } from "./interruptions.ts";

export interface SessionOptions {
  client: Client;
  clock: Clock;
  settings: EngineSettings;
  output: (line: string) => void;
  /** How long an address may be wrong before the API has answered there for the first time. Default 2. */
  firstAnswerSeconds?: number;
  /** Where log records wait that an agent sends if this process cannot. */
  logFile?: string | undefined;
  /** `FLOW_RUN_ID/TOKEN` of the execution that this process is. */
  attempt?: string | undefined;
  /** Called when the run was taken from this execution. Default: its runs are reported as crashed, as far as they are there. */
  onTaken?: ((sentence: string) => Promise<void>) | undefined;
}

/** A person waits. */
const FIRST_ANSWER_SECONDS = 2;

/** Tasks that a flow no longer waited for when it ended. */
const ABANDONED = "Execution was cancelled by the runtime environment.";

/** Does `work`. If it is interrupted or throws, reports every run of the session as crashed and returns what `crashed` returns. */
export async function runInSession<T>(
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
  crashed: (crash: Crash, error: unknown) => T | Promise<T>,
): Promise<T> {
  const watch = watchInterruptions({ onSignal: () => noteSignal(options.logFile) });
  const release = captureConsole();
  const session = openSession(options, watch);
  let cleanUp = Promise.resolve();
  watch.signal.addEventListener("abort", () => {
    const { isAsked, isOrphaned }: Interruption = watch.signal.reason;
    if (isAsked) cleanUp = cleanedUp(session);
    if (isOrphaned) cleanUp = Promise.all([cleanUp, endOthers(options.clock)]).then(() => {});
  });
  try {
    return await Promise.race([toTheEnd(session, work), watch.interrupted]);
  } catch (error) {
    const crash = crashOf(error, options.client, session.folder);
    const report = async () => {
      if (error instanceof Interruption && error.isAsked && (await hasHandedBack(session))) return;
      await logCrash(session, session.active.values(), crash.message);
      await reportCrash(session, session.active.values(), crash.message);
    };
    await Promise.all([report(), cleanUp]);
    await session.logs.flush(CRASH_REPORT_SECONDS);
    return await crashed(crash, error);
  } finally {
    release();
    watch.remove();
  }
}

/** A run that is not due yet, or whose code is still being loaded, is another agent's to start. */
async function hasHandedBack(session: Session): Promise<boolean> {
  if (session.attempt === undefined || session.active.size > 1) return false;
  const { handedBack } = await import("./hand-back.ts");
  return handedBack(session, session.attempt);
}

/** For the agent, which takes a process that does not notice for one that is too busy to. */
function noteSignal(logFile: string | undefined): void {
  if (!logFile) return;
  try {
    process.getBuiltinModule("node:fs").writeFileSync(noticeFile(logFile), "", { mode: 0o600 });
  } catch {
    // The disk is full. The agent then waits for some seconds only.
  }
}

async function endOthers(clock: Clock): Promise<void> {
  const { endGroup } = await import("./orphan.ts");
  await endGroup(clock);
}

async function toTheEnd<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  const result = await work(session);
  await reportCrash(session, session.active.values(), ABANDONED);
  await session.logs.flush();
  return result;
}

function openSession(options: SessionOptions, watch: InterruptionWatch): Session {
  const { clock, settings, output, logFile, attempt, onTaken } = options;
  const taken = onTaken ?? ((sentence) => watch.interrupt(new Interruption(sentence, 1)));
  const expecting = { clock, seconds: options.firstAnswerSeconds ?? FIRST_ANSWER_SECONDS };
  const first = expectingFirstAnswer(options.client, expecting);
  const client = attempt === undefined ? first : attemptClient(first, attempt, taken);
  const session: Session = {
    client,
    attempt,
    taken,
    clock,
    settings,
    onWait: reportOnce(output),
    noteSignals: () => noteSignal(logFile),
    output,
    logs: createLogShipper({
      client,
      clock,
      enabled: settings.ORCH_LOGGING_TO_API_ENABLED,
      intervalSeconds: settings.ORCH_LOGGING_TO_API_BATCH_INTERVAL,
      onLost: output,
      queue: { path: logFile },
    }),
    signal: watch.signal,
    folder: process.cwd(),
    active: new Map(),
    activities: new Set(),
    flowIds: new Map(),
    slotQueues: new Map(),
    watchdog: once(async () => (await import("./watchdog.ts")).startWatchdog(session, logFile)),
    results: once(async () => {
      const { createResults } = await import("../results/results.ts");
      return createResults({ client: retryingClient(session), settings }, session);
    }),
    engineFor: createRunEngine,
  };
  return session;
}

/** Each reason once: an address that is wrong, a server that is away, a disk that is full. */
function reportOnce(output: (line: string) => void): (error: unknown) => void {
  const reported = new Set<string>();
  return (error) => {
    const reason = messageOf(error);
    if (reported.has(reason)) return;
    reported.add(reason);
    output(`${reason} The run waits for it.`);
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
