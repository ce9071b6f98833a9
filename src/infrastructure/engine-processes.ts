// Starts the engine processes of flow runs, and keeps one started ahead so that a run does not wait for a process to start.
// A spare process has loaded the engine and no user code. It is used for one run, or ended: never shared.
import { parse } from "node:path";
import { ATTEMPT_VARIABLE } from "#lib/attempt-variable.ts";
import type { Clock } from "#lib/clock.ts";
import { LOG_FILE_VARIABLE } from "#lib/files/record-file.ts";
import { WORKING_DIR_VARIABLE } from "#lib/files/run-folder.ts";
import { HAND_OVER_VARIABLE } from "#lib/hand-over.ts";

type EngineProcess = Bun.Subprocess<"pipe" | "ignore", "pipe", "pipe">;

export interface EngineStart {
  /** The environment of the process, with `PREFECT__FLOW_RUN_ID`. */
  environment: Readonly<Record<string, string>>;
  /** The folder it works in. */
  folder: string;
}

export interface EngineProcesses {
  /** Throws when the process cannot be started. */
  start(start: EngineStart): EngineProcess;
  /** Gets a spare process ready for runs in this environment, once the machine is idle. */
  expect(environment: Readonly<Record<string, string>>): void;
  /** Ends the spare process. None is started from now on. */
  close(): Promise<void>;
}

export interface EngineProcessOptions {
  /** The command line of this executable's engine. */
  command: readonly string[];
  /** Most spare processes; 0 for none. */
  spares: number;
  clock: Clock;
}

/** What a spare process reads from its standard input: one line of JSON. An end of input instead ends it. */
export interface SpareOrder {
  /** The run's own variables: RUN_VARIABLES, where the run has them. */
  environment: Record<string, string>;
  folder: string;
}

/** The last word of the command line of a spare process. */
const SPARE_WORD = "--spare";
/** The only variables in which the environments of a spare and of its run differ. */
export const RUN_VARIABLES = [
  "PREFECT__FLOW_RUN_ID",
  ATTEMPT_VARIABLE,
  LOG_FILE_VARIABLE,
  WORKING_DIR_VARIABLE,
  HAND_OVER_VARIABLE,
] as const;
/** While runs execute, a spare is started when none has started for so long: in a burst it would only take their time. */
const QUIET_MS = 500;
/** So many runs in a row with another environment make the spare change its environment. One alone does not: a spare would be lost. */
const RUNS_TO_CHANGE = 2;

interface Spare {
  key: string;
  process: EngineProcess;
}

export function createEngineProcesses({ command, spares, clock }: EngineProcessOptions): EngineProcesses {
  const ready: Spare[] = [];
  const running = new Set<EngineProcess>();
  let wanted: Readonly<Record<string, string>> | undefined;
  let misses = 0;
  let quiet = new AbortController();
  let isClosed = false;

  function spawn(words: readonly string[], { environment, folder }: EngineStart, stdin: "pipe" | "ignore") {
    const options = { cwd: folder, env: environment, stdin, stdout: "pipe", stderr: "pipe", detached: true } as const;
    return Bun.spawn([...command, ...words], options);
  }

  function takeSpare({ environment, folder }: EngineStart): EngineProcess | undefined {
    if (ready.length === 0) return undefined;
    const key = keyOf(environment);
    misses = ready.every((spare) => spare.key !== key) ? misses + 1 : 0;
    if (misses >= RUNS_TO_CHANGE) {
      wanted = environment;
      for (const spare of ready.splice(0)) end(spare.process);
    }
    const at = ready.findIndex((spare) => spare.key === key);
    const [spare] = at < 0 ? [] : ready.splice(at, 1);
    if (!spare) return undefined;
    const order: SpareOrder = { environment: runVariables(environment), folder };
    send(spare.process, `${JSON.stringify(order)}\n`);
    return spare.process;
  }

  /** Starts what is missing, at once when no run executes, else when it has been quiet. */
  function refill(): void {
    quiet.abort();
    quiet = new AbortController();
    const { signal } = quiet;
    if (spares === 0 || isClosed || !wanted) return;
    void clock.sleep(running.size === 0 ? 0 : QUIET_MS, signal).then(() => {
      while (!signal.aborted && ready.length < spares && wanted && addSpare(wanted));
    });
  }

  /** False when no process can be started now. Runs are then started as they come, and say what is wrong. */
  function addSpare(environment: Readonly<Record<string, string>>): boolean {
    const start = { environment: withoutRun(environment), folder: parse(process.execPath).root };
    try {
      const spare: Spare = { key: keyOf(environment), process: spawn([SPARE_WORD], start, "pipe") };
      ready.push(spare);
      void spare.process.exited.then(() => {
        const at = ready.indexOf(spare);
        if (at >= 0) ready.splice(at, 1); // it ended by itself: the next one is started after the next run
      });
      return true;
    } catch {
      return false;
    }
  }

  return {
    start(start) {
      const found = takeSpare(start) ?? spawn([], start, "ignore");
      running.add(found);
      void found.exited.then(() => {
        running.delete(found);
        refill();
      });
      refill();
      return found;
    },
    expect(environment) {
      wanted = environment;
      refill();
    },
    async close() {
      isClosed = true;
      quiet.abort();
      const left = ready.splice(0);
      for (const { process } of left) end(process);
      await Promise.all(left.map(({ process }) => process.exited));
    },
  };
}

/** Two runs with the same key can use the same process. */
function keyOf(environment: Readonly<Record<string, string>>): string {
  return JSON.stringify(withoutRun(environment));
}

/** The variables are there and empty: an agent looks for them in a process before it ends it. */
function withoutRun(environment: Readonly<Record<string, string>>): Record<string, string> {
  const isOfRun = new Set<string>(RUN_VARIABLES);
  const others = Object.entries(environment).filter(([name]) => !isOfRun.has(name));
  return Object.fromEntries([...others, ...RUN_VARIABLES.map((name) => [name, ""])]);
}

function runVariables(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(RUN_VARIABLES.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}

function send({ stdin }: EngineProcess, text: string): void {
  if (!stdin) return;
  stdin.write(text);
  stdin.end();
}

function end(spare: EngineProcess): void {
  send(spare, "");
  spare.kill("SIGKILL"); // it has loaded nothing of the user's and holds nothing
}
