// A new user's machine: an empty HOME, an empty folder, and a PATH with nothing but coreutils and the executable.
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Subprocess } from "bun";

const EXECUTABLE = resolve("dist/orch");
const COREUTILS = ["cat", "cp", "echo", "env", "ls", "mkdir", "mv", "rm", "sh", "sleep", "true"];

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** A command that goes on, with what it has printed so far. */
export interface Running {
  pid: number;
  output(): string;
  /** Resolves with the match once the output has it; rejects when the process ends without, or after a minute: a machine under load takes its time. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Signals the process and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<number>;
  exited: Promise<number>;
}

export interface RunOptions {
  env?: Record<string, string>;
  folder?: string;
  stdin?: string;
}

export interface Sandbox {
  home: string;
  folder: string;
  /** Its PATH. */
  path: string;
  /** Runs `orch ...args` in the folder to its end. */
  orch(args: string[], options?: RunOptions): Promise<Result>;
  /** Runs a script of the shell in the folder to its end. */
  shell(script: string, env?: Record<string, string>): Promise<Result>;
  /** Starts `orch ...args` and leaves it running; `close` ends it. */
  start(args: string[], env?: Record<string, string>): Running;
  /** The same within limits of the shell, such as `ulimit -n 40`. */
  startLimited(args: string[], limits: string, env?: Record<string, string>): Running;
  close(): Promise<void>;
}

/** `programs`: names of what the machine has besides. */
export function createSandbox(programs: readonly string[] = []): Sandbox {
  if (!existsSync(EXECUTABLE)) throw new Error("dist/orch is not there: run 'bun run build' first");
  const root = realpathSync(mkdtempSync(join(tmpdir(), "orch-sandbox-")));
  const [home, folder, bin] = ["home", "project", "bin"].map((name) => join(root, name)) as [string, string, string]; // three names, three paths
  for (const directory of [home, folder, bin]) mkdirSync(directory);
  for (const tool of [...COREUTILS, ...programs]) {
    const path = ["/usr/bin", "/bin"].map((directory) => join(directory, tool)).find(existsSync);
    if (path) symlinkSync(path, join(bin, tool));
  }
  symlinkSync(EXECUTABLE, join(bin, "orch"));
  const environment = { HOME: home, PATH: bin };
  const children = new Set<Subprocess>();

  async function toItsEnd(command: string[], options: RunOptions = {}): Promise<Result> {
    const child = Bun.spawn(command, {
      cwd: options.folder ?? folder,
      env: { ...environment, ...options.env },
      stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
      stdout: "pipe",
      stderr: "pipe",
    });
    children.add(child);
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), child.exited]);
    children.delete(child);
    return { code, stdout, stderr };
  }

  function begin(command: string[], env: Record<string, string>): Running {
    const child = Bun.spawn(command, {
      ...{ cwd: folder, env: { ...environment, ...env } },
      ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    });
    children.add(child);
    return watch(child);
  }

  return {
    home,
    folder,
    path: bin,
    orch: (args, options) => toItsEnd(["orch", ...args], options),
    shell: (script, env = {}) => toItsEnd(["sh", "-c", script], { env }),
    start: (args, env = {}) => begin(["orch", ...args], env),
    startLimited: (args, limits, env = {}) => begin(["sh", "-c", `${limits}; exec orch "$@"`, "sh", ...args], env),
    async close() {
      for (const child of children) child.kill("SIGKILL");
      await Promise.all([...children].map((child) => child.exited));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function text(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

function watch(child: Subprocess<"ignore", "pipe", "pipe">): Running {
  let printed = "";
  const listeners = new Set<() => void>();
  async function collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      printed += decoder.decode(chunk, { stream: true });
      for (const listener of listeners) listener();
    }
  }
  const collected = Promise.all([collect(child.stdout), collect(child.stderr)]);

  return {
    pid: child.pid,
    output: () => printed,
    until(pattern) {
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          listeners.delete(look);
          clearTimeout(timer);
          settle();
        };
        const fail = (why: string) =>
          finish(() => reject(new Error(`${why} before the output had ${pattern}:\n${printed}`)));
        const look = () => {
          const match = pattern.exec(printed);
          if (match) finish(() => resolve(match));
        };
        const timer = setTimeout(() => fail("a minute passed"), 60_000);
        listeners.add(look);
        collected.then(() => fail("the process ended"));
        look();
      });
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      const code = await child.exited;
      await collected;
      return code;
    },
    exited: child.exited,
  };
}
