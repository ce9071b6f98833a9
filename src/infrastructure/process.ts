// A flow run as a child process of the agent: its own process group, so that ending it reaches what it started.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { PYTHON_VARIABLE, processCommand } from "#domain/engine-command.ts";
import { languageAt } from "#domain/entrypoint.ts";
import { noticeFile } from "#lib/files/record-file.ts";
import { PARENT_VARIABLE } from "#lib/process/watch-parent.ts";
import { createEngineProcesses } from "./engine-processes.ts";
import { environmentOf } from "./environment.ts";
import type { Infrastructure, InfrastructureOptions, RunningJob } from "./infrastructure.ts";
import { fieldOf, nameOf, streamsOutput, textOf, variablesOf } from "./job-fields.ts";
import { logFileFor } from "./log-files.ts";
import { outOfMemoryWatch } from "./out-of-memory.ts";
import { type EndedByAgent, processExit } from "./process-exit.ts";
import { isProcessOf, killGroup } from "./process-group.ts";
import { type ProcessJob, startRunProcess } from "./run-process.ts";
import { createSurvivors } from "./survivors.ts";
import type { WarmPython } from "./warm-python/warm-python.ts";
import { openWorkingDir } from "./working-dir.ts";

/** A job that this process has started. */
interface OwnJob extends RunningJob {
  /** Of engines, which say beside it that they have noticed a signal. */
  logFile?: string | undefined;
  /** What `kill` has done to it last. */
  ended?: EndedByAgent;
}

/**
 * Starts runs as processes of this machine.
 *
 * @example
 * const place = createProcessInfrastructure({ engineCommand, machine, settings, logHome: null, clock });
 * const { pid, exited } = await place.start(job, new AbortController().signal);
 */
export function createProcessInfrastructure(options: InfrastructureOptions): Infrastructure {
  const { engineCommand, spareEngines = 0, warmPythonSeconds = 0, logHome, machine, settings, clock } = options;
  const engines = createEngineProcesses({ command: engineCommand, spares: spareEngines, clock });
  const survivors = createSurvivors({ clock, machine });
  const running = new Map<string, OwnJob>(); // by their process names
  const agent = { machine, settings, job: { env: {}, flowRunId: "", workingDir: null }, agentPid: process.pid };
  engines.expect(environmentOf(agent));
  const noteStart = outOfMemoryWatch();
  let warm: Promise<WarmPython | undefined> | undefined;

  /** Loaded by the first run of a Python flow. Where the machine is short of something, the next run tries it again. */
  function warmPython(): Promise<WarmPython | undefined> {
    warm ??= openWarm().catch(() => {
      warm = undefined;
      return undefined;
    });
    return warm;
  }

  async function openWarm(): Promise<WarmPython | undefined> {
    const { openWarmPython } = await import("./warm-python/warm-python.ts");
    const { [PARENT_VARIABLE]: _, ...environment } = environmentOf(agent);
    return openWarmPython({ environment, idleSeconds: warmPythonSeconds, clock, onStart: survivors.add });
  }

  return {
    async start(job, giveUp) {
      const folder = textOf(job, "working_dir");
      const { command, python } = processCommand(fieldOf(job, "command"), job.deployment?.entrypoint ?? null);
      const env = { ...variablesOf(job), ...(python === undefined ? {} : { [PYTHON_VARIABLE]: python }) };
      const whole: ProcessJob = {
        ...{ flowRunId: job.run.id, name: nameOf(job), command, env },
        ...{ streamOutput: streamsOutput(job), attempt: job.attempt, output: job.output },
        workingDir: folder === null ? null : openWorkingDir(folder, machine),
        logFile: logHome === null ? undefined : logFileFor(logHome, job.run.id),
      };
      const isPython = command === null && languageAt(job.deployment?.entrypoint ?? null) === "python";
      const offer = isPython && warmPythonSeconds > 0 ? (await warmPython())?.offer : undefined;
      const wasShortOfMemory = noteStart();
      const process = { ...options, engines, onStart: survivors.add };
      const { exited, ...started } = await startRunProcess(whole, process, offer, giveUp);
      const { pid, processStart } = started;
      const logFile = whole.command === null && !started.isFork ? whole.logFile : undefined;
      const own: OwnJob = { pid, processStart, flowRunId: job.run.id, logFile };
      running.set(pid, own);
      void exited.then(() => running.delete(pid));
      const exit = exited.then((code) => {
        const isKilled = code === -9 && wasShortOfMemory();
        return processExit(job.run.name, code, own.ended ?? (isKilled ? "out-of-memory" : undefined));
      });
      return { ...started, exited: exit, logFile: whole.logFile };
    },
    async kill(job, graceSeconds) {
      const own = running.get(job.pid);
      if (own && own.flowRunId !== job.flowRunId) return "not-found";
      const onSent = (sent: EndedByAgent) => {
        if (own) own.ended = sent;
      };
      const known: RunningJob = own ?? job;
      const logFile = own?.logFile;
      if (!logFile) return killGroup(known, graceSeconds, { clock, onSent });
      const notice = noticeFile(logFile);
      const killed = await killGroup(known, graceSeconds, { clock, onSent, hasAnswered: () => existsSync(notice) });
      await rm(notice, { force: true });
      return killed;
    },
    isRunning: async (job) => isProcessOf(job),
    async close() {
      // Runs that the agent still waits for are not left behind.
      if (running.size === 0) survivors.close();
      await Promise.all([engines.close(), warm?.then((python) => python?.close())]);
    },
  };
}
