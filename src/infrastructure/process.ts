// A flow run as a child process of the agent: its own process group, so that ending it reaches what it started.
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { environmentOf } from "./environment.ts";
import type { Infrastructure, Job, Killed, Started } from "./infrastructure.ts";

export interface ProcessOptions {
  /** The command line of this executable's engine. */
  engineCommand: readonly string[];
  machine: Readonly<Record<string, string | undefined>>;
  settings: Readonly<Record<string, string>>;
  clock: Clock;
}

const LOOK_MS = 50;
const SIGNAL_NUMBERS: Record<string, number> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9 },
  ...{ SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGXCPU: 24, SIGXFSZ: 25 },
};

export function createProcessInfrastructure(options: ProcessOptions): Infrastructure {
  return {
    async start(job) {
      return spawn(job, options);
    },
    kill: (pid, graceSeconds) => kill(pid, graceSeconds, options.clock),
  };
}

/** Deployment files name the engine as `orch engine` or, for Python flows, `python -m prefect.engine`. */
function commandOf({ command }: Job, engineCommand: readonly string[]): string[] {
  const isEngine = command === null || command.length === 0 || command.join(" ") === "orch engine";
  return [...(isEngine ? engineCommand : command)];
}

function spawn(job: Job, { engineCommand, machine, settings }: ProcessOptions): Started {
  const scratch = job.workingDir === null ? mkdtempSync(join(tmpdir(), "orch-process-")) : null;
  const cleanUp = () => {
    if (scratch) rmSync(scratch, { recursive: true, force: true });
  };
  const command = commandOf(job, engineCommand);
  const stream = job.streamOutput ? "pipe" : "ignore";
  try {
    const child = Bun.spawn(command, {
      cwd: job.workingDir ?? scratch ?? ".",
      env: environmentOf({ machine, settings, job, agentPid: process.pid }),
      stdin: "ignore",
      stdout: stream,
      stderr: stream,
      detached: true,
    });
    const printed = Promise.all([lines(child.stdout, job.output), lines(child.stderr, job.output)]);
    const exited = child.exited.then(async () => {
      // A grandchild may hold the pipe open: what the child itself printed is there when it has exited.
      await Promise.race([printed, Bun.sleep(LOOK_MS)]);
      cleanUp();
      return { code: child.signalCode ? -(SIGNAL_NUMBERS[child.signalCode] ?? 1) : (child.exitCode ?? 1) };
    });
    return { pid: `${hostname()}:${child.pid}`, exited };
  } catch (error) {
    cleanUp();
    throw new OrchError("invalid", `'${command.join(" ")}' could not be started: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function lines(stream: ReadableStream<Uint8Array> | undefined, output: (line: string) => void): Promise<void> {
  if (!stream) return;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) output(line);
  }
  if (rest !== "") output(rest);
}

async function kill(pid: string, graceSeconds: number, clock: Clock): Promise<Killed> {
  const at = pid.lastIndexOf(":");
  if (pid.slice(0, at) !== hostname()) return "not-ours";
  const group = -Number(pid.slice(at + 1));
  if (!signalled(group, "SIGTERM")) return "not-found";
  const deadline = clock.now() + graceSeconds * 1000;
  while (signalled(group, 0)) {
    if (clock.now() >= deadline) {
      signalled(group, "SIGKILL");
      break;
    }
    await clock.sleep(LOOK_MS);
  }
  return "killed";
}

/** False when there is no such group any more. */
function signalled(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(group, signal);
    return true;
  } catch {
    return false; // ESRCH: it is gone, which is what was asked
  }
}

/** What an exit means, for the agent's own output. */
export function describeExit(name: string, code: number): string {
  if (code === 0) return `Process '${name}' exited cleanly.`;
  const hint =
    code === -9
      ? " It was killed by SIGKILL: by hand, or because the machine ran out of memory."
      : code === -15
        ? " It was ended by SIGTERM, as a cancellation does."
        : "";
  return `Process '${name}' exited with status code: ${code}.${hint}`;
}
