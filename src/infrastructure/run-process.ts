// The process of a flow run from its start to its end: its folder, its variables, what it prints, and what it leaves.
import { rmdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { noticeFile } from "#lib/files/record-file.ts";
import { makeRunFolder } from "#lib/files/run-folder.ts";
import { isShortage, systemFault } from "#lib/files/system-fault.ts";
import { createRecordReader } from "#lib/process/printed-records.ts";
import { signalled } from "#lib/process/process-group.ts";
import { processStart } from "#lib/process/process-identity.ts";
import type { EngineProcesses } from "./engine-processes.ts";
import { environmentOf } from "./environment.ts";
import type { InfrastructureOptions, Job, Started } from "./infrastructure.ts";
import { createLastLines } from "./last-lines.ts";
import { forEachLine } from "./output-lines.ts";
import { processName } from "./process-group.ts";
import type { Survivors } from "./survivors.ts";
import type { Offer } from "./warm-python/warm-python.ts";

/** What a process is started from. */
export interface ProcessJob {
  flowRunId: string;
  name: string;
  /** `null`: the engine of this executable. */
  command: readonly string[] | null;
  env: Readonly<Record<string, string | null>>;
  /** `null`: a fresh folder, removed afterwards. */
  workingDir: string | null;
  streamOutput: boolean;
  attempt: string | undefined;
  /** Where the engine keeps log records until they are sent. */
  logFile: string | undefined;
  output: Job["output"];
}

export interface RunProcess extends Omit<Started, "exited" | "processStart"> {
  processStart: string | undefined;
  /** True for a fork that the offer has made, false for orch's own engine. */
  isFork: boolean;
  /** −N for a process that was ended by signal N. */
  exited: Promise<number>;
}

/** A process that executes the run. */
interface Executing {
  pid: number;
  exited: Promise<number>;
  /** Resolves when its output has ended. */
  printed: Promise<unknown>;
}

export interface RunProcessOptions extends InfrastructureOptions {
  engines: EngineProcesses;
  /** Gets each process that is started. */
  onStart: Survivors["add"];
}

/** When a process has ended, its output is read until none comes for so long: its children may hold the pipe open forever. */
const LAST_OUTPUT_MS = 50;
/** They may also go on printing forever. */
const MOST_LAST_OUTPUT_MS = 2_000;
/** Signals that ask for an end, as SIGTERM: they are sent to the whole group, which has its time to clean up. */
const ASKED: ReadonlySet<number> = new Set([-15, -2, -1]);
const SIGNAL_NUMBERS: Record<string, number> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9 },
  ...{ SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGXCPU: 24, SIGXFSZ: 25 },
};

/**
 * Starts the process of a run. With `offer`, its engine may hand the run over to a process that the offer makes, which is then
 * the run's: so it resolves when it is decided, or at once when `giveUp` aborts, with the engine. Throws a sentence when it cannot
 * be started.
 */
export async function startRunProcess(
  job: ProcessJob,
  options: RunProcessOptions,
  offerTo?: (output: (line: string) => void) => Offer | undefined,
  giveUp?: AbortSignal,
): Promise<RunProcess> {
  const { clock, engines, onStart, machine, settings } = options;
  const scratch = job.workingDir === null ? runFolder() : null;
  const cleanUp = async () => {
    if (job.logFile) rmSync(noticeFile(job.logFile), { force: true }); // signals come from others too
    if (scratch) await removeFolder(scratch);
  };
  const last = createLastLines();
  const read = createRecordReader();
  let lines = 0;
  const output = (line: string) => {
    lines += 1;
    const { text, isContinued } = read(line);
    last.add(text);
    if (job.streamOutput) job.output(text, isContinued);
  };

  function followed({ pid, exited, printed }: Executing, isFork: boolean): RunProcess {
    const over = exited.then(async (code) => {
      // It had no time to end what it has started, and nothing else does.
      if (code < 0 && !ASKED.has(code)) signalled(-pid, "SIGKILL");
      await quiet(printed, () => lines, clock);
      await cleanUp().catch((error) => job.output(`'${scratch}' could not be removed: ${messageOf(error)}`));
      return code;
    });
    return {
      ...{ pid: processName(pid), processStart: processStart(pid), isFork, exited: over },
      lastLines: () => last.all,
    };
  }

  const offer = offerTo?.(output);
  const parts = { ...job, handOver: offer?.address };
  let started: Executing;
  try {
    const environment = environmentOf({ machine, settings, job: parts, agentPid: process.pid });
    started = start(job, engines, { environment, folder: job.workingDir ?? scratch ?? "." }, output);
  } catch (error) {
    offer?.withdraw();
    void cleanUp();
    const command = job.command ?? options.engineCommand;
    throw unstarted(error, `'${command.join(" ")}' could not be started: ${messageOf(error)}`);
  }
  onStart(started.pid, started.exited);
  const fork = offer && (await forkOf(offer, started, giveUp));
  if (!fork) return followed(started, false);
  onStart(fork.pid, fork.exited, { atOnce: true });
  // The run is never with both: an engine that ends in another way has not got the answer, or has given the run back.
  if ((await endOf(started, giveUp)) !== 0) {
    fork.refuse();
    return followed(started, false);
  }
  fork.begin();
  return followed({ ...fork, printed: Promise.all([started.printed, fork.printed]) }, true);
}

function start(
  job: ProcessJob,
  engines: EngineProcesses,
  { environment, folder }: { environment: Record<string, string>; folder: string },
  output: (line: string) => void,
): Executing {
  const child = job.command
    ? Bun.spawn([...job.command], {
        ...{ cwd: folder, env: environment, detached: true },
        ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      })
    : engines.start({ environment, folder });
  const printed = Promise.all([child.stdout, child.stderr].map((stream) => forEachLine(stream, output)));
  const exited = child.exited.then(() =>
    child.signalCode ? -(SIGNAL_NUMBERS[child.signalCode] ?? 1) : (child.exitCode ?? 1),
  );
  return { pid: child.pid, exited, printed };
}

/** Null where the run stays with its engine. */
async function forkOf(offer: Offer, engine: Executing, giveUp: AbortSignal | undefined) {
  void engine.exited.then(offer.withdraw);
  giveUp?.addEventListener("abort", offer.withdraw);
  if (giveUp?.aborted) offer.withdraw();
  const fork = await offer.fork;
  giveUp?.removeEventListener("abort", offer.withdraw);
  return fork;
}

/** Its exit code; undefined when the run is given up before. */
async function endOf(engine: Executing, giveUp: AbortSignal | undefined): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const give = () => resolve(undefined);
  giveUp?.addEventListener("abort", give);
  if (giveUp?.aborted) give();
  const code = await Promise.race([engine.exited, promise]);
  giveUp?.removeEventListener("abort", give);
  return code;
}

function runFolder(): string {
  try {
    return makeRunFolder();
  } catch (error) {
    const sentence = systemFault(error, tmpdir()) ?? messageOf(error);
    throw unstarted(error, `The run cannot have a folder for temporary files (TMPDIR). ${sentence}`);
  }
}

function unstarted(cause: unknown, sentence: string): OrchError {
  if (!isShortage(cause)) return new OrchError("invalid", sentence, { cause });
  return new OrchError("unavailable", systemFault(cause, tmpdir()) ?? sentence, { cause });
}

/** Most runs leave their folder empty, which costs least to remove here; many files are removed in the background. */
async function removeFolder(folder: string): Promise<void> {
  try {
    rmdirSync(folder);
  } catch {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Resolves when everything is printed, or no more of it comes. */
async function quiet(printed: Promise<unknown>, lines: () => number, clock: Clock): Promise<void> {
  const deadline = clock.elapsed() + MOST_LAST_OUTPUT_MS;
  const all = printed.then(() => true);
  for (let seen = -1; seen !== lines() && clock.elapsed() < deadline; ) {
    seen = lines();
    if (await Promise.race([all, clock.sleep(LAST_OUTPUT_MS)])) return;
  }
}
