// Runs flows of test/fixtures/python/warm.py by orch's agent, and reads what each leaves in the API and in the agent's output.
import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import type { Running } from "../binary/sandbox.ts";
import { type Prefect, until } from "./prefect.ts";

export interface Call {
  parameters?: Record<string, unknown>;
  /** The deployment's overrides of its infrastructure. */
  overrides?: Record<string, unknown>;
}

/** At DEBUG its process prints a line now and then, which is part of the log where it ends in the middle. */
export const QUIET: Call = { overrides: { "env.PREFECT_LOGGING_LEVEL": "INFO" } };
/** Twice a second: all cold runs are at work at once, on two cores. */
export const MOST_LOOKS = 900;
export const ENDS = new Set(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

export interface Run {
  id: string;
  name: string;
  state_type: string;
  state_name: string;
  state: { message: string | null };
  infrastructure_pid: string | null;
}

export interface Left {
  state: string;
  message: string;
  tasks: string[];
  logs: string[];
  /** What the agent said of its process. */
  exit: string;
}

/** A word of later releases about a machine that is busy. */
const IS_BUSY = /Task parameter introspection took/;
/** In the log of a run that was started cold, although the agent has warm ones: on a machine that is too busy. */
export const IS_COLD = /This run starts a new Python process/;

export interface WarmRuns {
  /** That of the last `startAgent`; undefined after `stopAgent`. */
  readonly agent: Running | undefined;
  /** Of those whose agent has warm ones: how many were started cold nevertheless. */
  readonly startedCold: number;
  /** `seconds`: ORCH_AGENT_WARM_PYTHON_SECONDS. */
  startAgent(seconds: string): void;
  stopAgent(signal?: NodeJS.Signals): Promise<void>;
  trigger(flow: string, parameters?: Record<string, unknown>): Promise<Run>;
  inState(id: string, isIt: (run: Run) => boolean): Promise<Run>;
  logsOf(id: string): Promise<string[]>;
  /** Resolves when a line of the run's log ends with the word. */
  logged(id: string, word: string): Promise<true>;
  /** Runs it, resumes and cancels what waits for that, and gives what is left of it. */
  left(flow: string): Promise<Left>;
  /** The same of all flows, at once. */
  all(): Promise<Map<string, Left>>;
}

/** Deploys the flows, and `waits`. */
export async function createWarmRuns(
  prefect: Prefect,
  python: string,
  flows: Readonly<Record<string, Call>>,
): Promise<WarmRuns> {
  const deployments = new Map<string, string>();
  let agent: Running | undefined;
  let triggered = 0;
  let startedCold = 0;

  prefect.write("flows/warm.py", readFileSync("test/fixtures/python/warm.py", "utf8"));
  const words = ["deployment", "build", "-n", "x", "-q", "test", "-a", "flows/warm.py:tasks"];
  expect(await prefect.sandbox.orch(words, { env: { ORCH_PYTHON: python } })).toMatchObject({ code: 0 });
  for (const [name, { overrides = {} }] of Object.entries<Call>({ ...flows, waits: {} })) await deploy(name, overrides);

  /** Beside the one that was built, with its code. */
  async function deploy(name: string, overrides: Record<string, unknown>): Promise<void> {
    const built = await prefect.call<Record<string, unknown>>("GET", "/deployments/name/tasks/x");
    const { id } = await prefect.call<{ id: string }>("POST", "/flows/", { name: name.replaceAll("_", "-") });
    const { path, storage_document_id, infrastructure_document_id } = built;
    const made = await prefect.call<{ id: string }>("POST", "/deployments/", {
      ...{ name: "x", flow_id: id, path, storage_document_id, infrastructure_document_id, work_queue_name: "test" },
      ...{ entrypoint: `flows/warm.py:${name}`, infra_overrides: overrides },
    });
    deployments.set(name, made.id);
  }

  function trigger(flow: string, parameters = flows[flow]?.parameters ?? {}): Promise<Run> {
    triggered += 1;
    const name = `warm-run-${100 + triggered}`; // of those that the server chooses two may be alike
    return prefect.call<Run>("POST", `/deployments/${deployments.get(flow)}/create_flow_run`, { name, parameters });
  }

  const read = (id: string) => prefect.call<Run>("GET", `/flow_runs/${id}`);

  function inState(id: string, isIt: (run: Run) => boolean): Promise<Run> {
    const look = async () => {
      const run = await read(id);
      return isIt(run) ? run : undefined;
    };
    return until(look, () => `${id}\n${agent?.output()}`, MOST_LOOKS);
  }

  async function logsOf(id: string): Promise<string[]> {
    const filter = { logs: { flow_run_id: { any_: [id] } }, sort: "TIMESTAMP_ASC" };
    const logs = await prefect.call<{ level: number; name: string; message: string }[]>("POST", "/logs/filter", filter);
    return logs.map(({ level, name, message }) => `${level} ${name} ${message}`);
  }

  const logged = (id: string, word: string) =>
    until(
      async () => ((await logsOf(id)).some((line) => line.endsWith(word)) ? true : undefined),
      () => `'${word}' in the log of a run\n${agent?.output()}`,
      MOST_LOOKS,
    );

  async function all(): Promise<Map<string, Left>> {
    return new Map(await Promise.all(Object.keys(flows).map(async (name) => [name, await left(name)] as const)));
  }

  async function left(name: string): Promise<Left> {
    const { id } = await trigger(name);
    if (name === "pauses") {
      await inState(id, ({ state_type }) => state_type === "PAUSED");
      await prefect.call("POST", `/flow_runs/${id}/resume`);
    }
    if (name === "sleeps") {
      await logged(id, "asleep");
      const state = { type: "CANCELLING", name: "Cancelling" };
      await prefect.call("POST", `/flow_runs/${id}/set_state`, { state, force: true });
    }
    const run = await inState(id, ({ state_type }) => ENDS.has(state_type));
    // Said after the process has ended: then its log is whole.
    const said = new RegExp(`Flow run '${run.name}' finished in state|Cancelled flow run '${run.name}'`);
    await until(
      async () => (said.test(agent?.output() ?? "") ? true : undefined),
      () => `the agent's word of ${name}\n${agent?.output()}`,
      MOST_LOOKS,
    );
    const exit = new RegExp(`Process '${run.name}' exited.*`).exec(agent?.output() ?? "")?.[0] ?? "";
    const tasks = await prefect.call<Run[]>("POST", "/task_runs/filter", { flow_runs: { id: { any_: [id] } } });
    const mask = (text: string) => masked(text, run);
    const logs = await logsOf(id);
    if (logs.some((line) => IS_COLD.test(line))) startedCold += 1;
    return {
      ...{ state: run.state_name, message: mask(run.state.message ?? ""), exit: mask(exit) },
      tasks: tasks
        .map((one) => `${mask(`'${one.name}'`)} ${one.state_name} ${mask(one.state.message ?? "")}`)
        .toSorted(),
      logs: logs
        .filter((line) => !IS_COLD.test(line) && !IS_BUSY.test(line))
        .map(mask)
        .toSorted(),
    };
  }

  return {
    get agent() {
      return agent;
    },
    get startedCold() {
      return startedCold;
    },
    startAgent(seconds) {
      // At the level DEBUG a run says why it is started cold, if it is.
      agent = prefect.sandbox.start(["agent", "start", "-q", "test"], {
        ...{ ORCH_PYTHON: python, ORCH_AGENT_WARM_PYTHON_SECONDS: seconds, ORCH_LOGGING_LEVEL: "DEBUG" },
      });
    },
    async stopAgent(signal = "SIGINT") {
      await agent?.stop(signal);
      agent = undefined;
    },
    ...{ trigger, inState, logsOf, logged, left, all },
  };
}

/** Names, ids, times and places that differ from run to run. */
function masked(text: string, { name }: Run): string {
  return text
    .replaceAll(name, "RUN")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replace(/orch-run-[\w-]+/g, "FOLDER")
    .replace(/'[a-z]+-[a-z]+'/g, "'NAME'")
    .replace(/0x[0-9a-f]+/g, "ADDRESS")
    .replace(/^(.* random) .*/, "$1");
}
