// A flow run as a child process of the agent: its own process group, so that ending it reaches what it started.
import { existsSync, rmdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { PYTHON_VARIABLE, processCommand } from "#domain/engine-command.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { createRecordReader } from "#lib/printed-records.ts";
import { signalled } from "#lib/process-group.ts";
import { processStart } from "#lib/process-identity.ts";
import { noticeFile } from "#lib/record-file.ts";
import { makeRunFolder } from "#lib/run-folder.ts";
import { isShortage, systemFault } from "#lib/system-fault.ts";
import { createEngineProcesses, type EngineProcesses } from "./engine-processes.ts";
import { type EnvironmentParts, environmentOf } from "./environment.ts";
import type { Infrastructure, Job, RunningJob, Started } from "./infrastructure.ts";
import { fieldOf, nameOf, streamsOutput, textOf, variablesOf } from "./job-fields.ts";
import { createLastLines } from "./last-lines.ts";
import { logFileFor } from "./log-files.ts";
import { forEachLine } from "./output-lines.ts";
import { outOfMemoryKills, processExit } from "./process-exit.ts";
import { isProcessOf, killGroup, processName } from "./process-group.ts";
import type { InfrastructureOptions } from "./registry.ts";
import { createSurvivors } from "./survivors.ts";
import { openWorkingDir } from "./working-dir.ts";

/** What a process is started from. */
interface ProcessJob {
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
 * const place = createProcessInfrastructure({ engineCommand, machine, settings, logHome: null, clock });
 * const { pid, exited } = await place.start(job, new AbortController().signal);
 */
export function createProcessInfrastructure(options: InfrastructureOptions): Infrastructure {
  const { engineCommand, spareEngines = 0, logHome, machine, clock } = options;
  const engines = createEngineProcesses({ command: engineCommand, spares: spareEngines, clock });
  const survivors = createSurvivors({ clock, machine });
  /** Jobs that run, by their process names. `logFile`: of engines, which say beside it that they have noticed a signal. */
  const running = new Map<string, RunningJob & { logFile?: string | undefined }>();
  engines.expect(environmentFor({ env: {}, flowRunId: "", workingDir: null }, options));
  let kills = outOfMemoryKills();

  /** Whether the system has ended processes for lack of memory since this was asked last. */
  function isOutOfMemory(): boolean {
    const before = kills;
    kills = outOfMemoryKills();
    return kills > before;
  }

  return {
    async start(job) {
      const folder = textOf(job, "working_dir");
      const { command, python } = processCommand(fieldOf(job, "command"), job.deployment?.entrypoint ?? null);
      const env = { ...variablesOf(job), ...(python === undefined ? {} : { [PYTHON_VARIABLE]: python }) };
      const whole: ProcessJob = {
        ...{ flowRunId: job.run.id, name: nameOf(job), command, env },
        ...{ streamOutput: streamsOutput(job), attempt: job.attempt, output: job.output },
        workingDir: folder === null ? null : openWorkingDir(folder, machine),
        logFile: logHome === null ? undefined : logFileFor(logHome, job.run.id),
      };
      const { exited, ...started } = spawn(whole, options, engines);
      survivors.add(Number(started.pid.slice(started.pid.lastIndexOf(":") + 1)), exited);
      const { pid, processStart } = started;
      const logFile = whole.command === null ? whole.logFile : undefined;
      running.set(pid, { pid, processStart, flowRunId: job.run.id, logFile });
      void exited.then(() => running.delete(pid));
      const exit = exited.then((code) => processExit(job.run.name, code, code === -9 && isOutOfMemory()));
      return { ...started, exited: exit, logFile: whole.logFile };
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
    isRunning: async (job) => isProcessOf(job),
    async close() {
      survivors.close();
      await engines.close();
    },
  };
}

function environmentFor(job: EnvironmentParts["job"], { machine, settings }: InfrastructureOptions) {
  return environmentOf({ machine, settings, job, agentPid: process.pid });
}

interface Spawned extends Omit<Started, "exited"> {
  /** −N for a process that was ended by signal N. */
  exited: Promise<number>;
}

function spawn(job: ProcessJob, options: InfrastructureOptions, engines: EngineProcesses): Spawned {
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
      return child.signalCode ? -(SIGNAL_NUMBERS[child.signalCode] ?? 1) : (child.exitCode ?? 1);
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
