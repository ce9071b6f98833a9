// A flow run as a child process of the agent: its own process group, so that ending it reaches what it started.
import { existsSync, rmdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { createRecordReader } from "#lib/printed-records.ts";
import { signalled } from "#lib/process-group.ts";
import { processStart, type RunningJob } from "#lib/process-identity.ts";
import { noticeFile } from "#lib/record-file.ts";
import { makeRunFolder } from "#lib/run-folder.ts";
import { isShortage, systemFault } from "#lib/system-fault.ts";
import { mostProcesses, openDescriptors } from "./descriptors.ts";
import { createEngineProcesses, type EngineProcesses } from "./engine-processes.ts";
import { type EnvironmentParts, environmentOf } from "./environment.ts";
import type { Infrastructure, Job, Started } from "./infrastructure.ts";
import { createLastLines } from "./last-lines.ts";
import { forEachLine } from "./output-lines.ts";
import { killGroup, processName } from "./process-group.ts";
import { createSurvivors } from "./survivors.ts";
import { openWorkingDir } from "./working-dir.ts";

export interface ProcessOptions {
  /** The command line of this executable's engine. */
  engineCommand: readonly string[];
  /** The agent's own environment. */
  machine: Readonly<Record<string, string | undefined>>;
  /** Settings that were set on purpose, and where the API is, as `ORCH_X`. */
  settings: Readonly<Record<string, string>>;
  /** How many engine processes are kept started ahead. Default: 0. */
  spareEngines?: number;
  clock: Clock;
}

/** When a process has ended, its output is read until none comes for so long: its children may hold the pipe open for ever. */
const LAST_OUTPUT_MS = 50;
/** They may also go on printing for ever. */
const MOST_LAST_OUTPUT_MS = 2_000;
/** Signals that ask for an end: they are sent to the whole group, which has its time to clean up. */
const ASKED: ReadonlySet<unknown> = new Set(["SIGTERM", "SIGINT", "SIGHUP"]);
const SIGNAL_NUMBERS: Record<string, number> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9 },
  ...{ SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGXCPU: 24, SIGXFSZ: 25 },
};

/**
 * Starts runs as processes of this machine.
 *
 * @example
 * const place = createProcessInfrastructure({ engineCommand, machine, settings, clock });
 * const { pid, exited } = await place.start(job);
 */
export function createProcessInfrastructure(options: ProcessOptions): Infrastructure {
  const { engineCommand, spareEngines = 0, clock } = options;
  const engines = createEngineProcesses({ command: engineCommand, spares: spareEngines, clock });
  const survivors = createSurvivors({ clock, machine: options.machine });
  /** Jobs that run, by their process names. `logFile`: of engines, which say beside it that they have noticed a signal. */
  const running = new Map<string, RunningJob & { logFile?: string | undefined }>();
  engines.expect(environmentFor({ env: {}, flowRunId: "", workingDir: null }, options));
  const files = openDescriptors();
  return {
    most: files && { jobs: mostProcesses(files), reason: `this process may open ${files.limit} files (ulimit -n)` },
    async start(job) {
      const workingDir = job.workingDir === null ? null : openWorkingDir(job.workingDir, options.machine);
      const started = spawn({ ...job, workingDir }, options, engines);
      survivors.add(Number(started.pid.slice(started.pid.lastIndexOf(":") + 1)), started.exited);
      const { pid, processStart, exited } = started;
      const logFile = job.command === null ? job.logFile : undefined;
      running.set(pid, { pid, processStart, flowRunId: job.flowRunId, logFile });
      void exited.then(() => running.delete(pid));
      return started;
    },
    async kill(job, graceSeconds) {
      const own = running.get(job.pid);
      if (own && own.flowRunId !== job.flowRunId) return "not-found";
      const { logFile, ...known } = own ?? { ...job, logFile: undefined };
      if (!logFile) return killGroup(known, graceSeconds, clock);
      const notice = noticeFile(logFile);
      const killed = await killGroup(known, graceSeconds, clock, () => existsSync(notice));
      await rm(notice, { force: true });
      return killed;
    },
    async close() {
      survivors.close();
      await engines.close();
    },
  };
}

function environmentFor(job: EnvironmentParts["job"], { machine, settings }: ProcessOptions) {
  return environmentOf({ machine, settings, job, agentPid: process.pid });
}

function spawn(job: Job, options: ProcessOptions, engines: EngineProcesses): Started {
  const { clock } = options;
  const scratch = job.workingDir === null ? runFolder() : null;
  const cleanUp = async () => {
    if (job.logFile) rmSync(noticeFile(job.logFile), { force: true }); // signals come from others too
    if (scratch) await removeFolder(scratch);
  };
  const folder = job.workingDir ?? scratch ?? ".";
  const environment = environmentFor(job, options);
  const last = createLastLines();
  const read = createRecordReader();
  let lines = 0;
  const output = (line: string) => {
    lines += 1;
    const { text, isContinued } = read(line);
    last.add(text);
    if (job.streamOutput) job.output(text, isContinued);
  };
  try {
    const child = job.command
      ? Bun.spawn([...job.command], {
          ...{ cwd: folder, env: environment, detached: true },
          ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
        })
      : engines.start({ environment, folder });
    const printed = Promise.all([child.stdout, child.stderr].map((stream) => forEachLine(stream, output)));
    const exited = child.exited.then(async () => {
      // It had no time to end what it has started, and nothing else does.
      if (child.signalCode && !ASKED.has(child.signalCode)) signalled(-child.pid, "SIGKILL");
      await quiet(printed, () => lines, clock);
      await cleanUp().catch((error) => job.output(`'${scratch}' could not be removed: ${messageOf(error)}`));
      return { code: child.signalCode ? -(SIGNAL_NUMBERS[child.signalCode] ?? 1) : (child.exitCode ?? 1) };
    });
    return {
      pid: processName(child.pid),
      processStart: processStart(child.pid),
      exited,
      lastLines: () => last.all,
    };
  } catch (error) {
    void cleanUp();
    const command = job.command ?? options.engineCommand;
    throw unstarted(error, `'${command.join(" ")}' could not be started: ${messageOf(error)}`);
  }
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

const ENDED = " It was ended by SIGTERM, as a cancellation does.";
const HINTS: Record<number, string> = {
  [-9]: " It was killed by SIGKILL: by hand, or because the machine ran out of memory.",
  [-15]: ENDED,
  143: ENDED,
};

/** What an exit means, for the agent's own output. */
export function describeExit(name: string, code: number): string {
  if (code === 0) return `Process '${name}' exited cleanly.`;
  return `Process '${name}' exited with status code: ${code}.${HINTS[code] ?? ""}`;
}
