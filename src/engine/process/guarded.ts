// A session from its opening to its end: whatever happens in it, runs are reported and logs are sent before it closes.
import { attemptClient } from "#client/attempt.ts";
import type { Client } from "#client/client.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { noticeFile } from "#lib/files/record-file.ts";
import { createLogShipper } from "../logs/log-shipper.ts";
import { capturePrints } from "../logs/prints.ts";
import { patientClient } from "../patient-client.ts";
import { createRunEngine } from "../run-engine.ts";
import type { EngineSettings, Session } from "../session.ts";
import { cleanedUp } from "../user-code.ts";
import { CRASH_PATIENCE_SECONDS, type Crash, crashOf, logCrash, reportCrash } from "./crash.ts";
import { type Guards, Interruption, installGuards } from "./guards.ts";

export interface SessionOptions {
  client: Client;
  clock: Clock;
  settings: EngineSettings;
  output: (line: string) => void;
  /** Where log records wait that an agent sends if this process cannot. */
  logFile?: string | undefined;
  /** `FLOW_RUN_ID/TOKEN` of the execution that this process is. */
  attempt?: string | undefined;
  /** Called when the run was taken from this execution. Default: its runs are reported as crashed, as far as they are there. */
  onTaken?: ((sentence: string) => Promise<void>) | undefined;
}

/** Tasks that a flow no longer waited for when it ended. */
const ABANDONED = "Execution was cancelled by the runtime environment.";

/** Does `work`; if it cannot end as it should, reports every run of the session as crashed and gives `crashed`'s answer. */
export async function guarded<T>(
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
  crashed: (crash: Crash, error: unknown) => T | Promise<T>,
): Promise<T> {
  const guards = installGuards({ onSignal: () => noteSignal(options.logFile) });
  const release = capturePrints();
  const session = openSession(options, guards);
  let cleanUp = Promise.resolve();
  guards.signal.addEventListener("abort", () => {
    const { isAsked, isOrphaned }: Interruption = guards.signal.reason;
    if (isAsked) cleanUp = cleanedUp(session);
    if (isOrphaned) cleanUp = Promise.all([cleanUp, endOthers(options.clock)]).then(() => {});
  });
  try {
    return await Promise.race([toTheEnd(session, work), guards.interrupted]);
  } catch (error) {
    const crash = crashOf(error, options.client, session.folder);
    const report = async () => {
      if (error instanceof Interruption && error.isAsked && (await hasHandedBack(session))) return;
      await logCrash(session, session.active.values(), crash.message);
      await reportCrash(session, session.active.values(), crash.message);
    };
    await Promise.all([report(), cleanUp]);
    await session.logs.flush(CRASH_PATIENCE_SECONDS);
    return await crashed(crash, error);
  } finally {
    release();
    guards.remove();
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
    // A disk that is full. The agent then waits for some seconds only.
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

function openSession(options: SessionOptions, guards: Guards): Session {
  const { clock, settings, output, logFile, attempt, onTaken } = options;
  const taken = onTaken ?? ((sentence) => guards.interrupt(new Interruption(sentence, 1)));
  const client = attempt === undefined ? options.client : attemptClient(options.client, attempt, taken);
  const session: Session = {
    client,
    attempt,
    taken,
    clock,
    settings,
    onWait: waitingSaid(output),
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
    signal: guards.signal,
    folder: process.cwd(),
    active: new Map(),
    activities: new Set(),
    flowIds: new Map(),
    slotLines: new Map(),
    watchdog: once(async () => (await import("./watchdog.ts")).startWatchdog(session, logFile)),
    results: once(async () => {
      const { createResults } = await import("../results/results.ts");
      return createResults({ client: patientClient(session), settings }, session);
    }),
    engineFor: createRunEngine,
  };
  return session;
}

/** Each reason once: an address that is wrong, a server that is away, a disk that is full. */
function waitingSaid(output: (line: string) => void): (error: unknown) => void {
  const said = new Set<string>();
  return (error) => {
    const reason = messageOf(error);
    if (said.has(reason)) return;
    said.add(reason);
    output(`${reason} The run waits for it.`);
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
