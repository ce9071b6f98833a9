// Runs each Python flow by the real engine twice: in a new Python process, and forked from one that has Prefect loaded. What the two
// leave in the API and in the agent's output has to be the same.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "#lib/process/process-alive.ts";
import { statOf } from "#lib/process/process-stat.ts";
import { prefectEnvironment } from "../bench/environment.ts";
import type { Running } from "../binary/sandbox.ts";
import { createPrefect, type Prefect, possible, until } from "./prefect.ts";

const python = possible ? join(await prefectEnvironment(), "bin/python") : "";
const canFork = possible && process.platform === "linux";

interface Call {
  parameters?: Record<string, unknown>;
  /** The deployment's overrides of its infrastructure. */
  overrides?: Record<string, unknown>;
}

/** At DEBUG its process prints a line now and then, which is part of the log where it ends in the middle. */
const QUIET: Call = { overrides: { "env.PREFECT_LOGGING_LEVEL": "INFO" } };
const FLOWS: Record<string, Call> = {
  ...{ tasks: {}, retries: {}, concurrent: {}, asynchronous: {}, prints: {}, subflow: {}, fails: {}, task_fails: {} },
  model: { parameters: { order: { number: 1, lines: ["a", "b"] } } },
  ...{ exits: {}, dies: QUIET, leaves: QUIET, secret: {}, processes: {}, sleeps: QUIET, pauses: {} },
  place: { overrides: { "env.MARK": "yes", "env.PREFECT_LOGGING_EXTRA_LOGGERS": "mine" } },
};
const AT_ONCE = 20;
/** Twice a second: all cold runs are at work at once, on two cores. */
const MOST_LOOKS = 900;
const ENDS = new Set(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

interface Run {
  id: string;
  name: string;
  state_type: string;
  state_name: string;
  state: { message: string | null };
  infrastructure_pid: string | null;
}

interface Left {
  state: string;
  message: string;
  tasks: string[];
  logs: string[];
  /** What the agent said of its process. */
  exit: string;
}

/** In the log of a run that was started cold, although the agent has warm ones: on a machine that is too busy. */
const IS_COLD = /This run starts a new Python process/;

describe.skipIf(!canFork)("python 17: a warm run of the real engine", () => {
  let prefect: Prefect;
  const deployments = new Map<string, string>();
  let cold: Map<string, Left>;
  let warm: Map<string, Left>;
  let crowd: Left[];
  let agent: Running | undefined;
  let triggered = 0;
  let startedCold = 0;

  beforeAll(async () => {
    prefect = await createPrefect();
    prefect.write("flows/warm.py", readFileSync("test/fixtures/python/warm.py", "utf8"));
    await prefect.python("from prefect.blocks.system import Secret; Secret(value='abcde').save('hidden')");
    const words = ["deployment", "build", "-n", "x", "-q", "test", "-a", "flows/warm.py:tasks"];
    expect(await prefect.sandbox.orch(words, { env: { ORCH_PYTHON: python } })).toMatchObject({ code: 0 });
    for (const [name, { overrides = {} }] of Object.entries<Call>({ ...FLOWS, waits: {} }))
      await deploy(name, overrides);
    agent = startAgent("0");
    cold = await all();
    await agent.stop("SIGINT");
    agent = startAgent("600");
    warm = await all();
    crowd = await Promise.all(Array.from({ length: AT_ONCE }, () => left("subflow")));
  }, 1_800_000);
  afterAll(async () => {
    await agent?.stop("SIGINT");
    await prefect?.close();
  });

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

  /** At the level DEBUG a run says why it is started cold, if it is. */
  const startAgent = (seconds: string) =>
    prefect.sandbox.start(["agent", "start", "-q", "test"], {
      ...{ ORCH_PYTHON: python, ORCH_AGENT_WARM_PYTHON_SECONDS: seconds, ORCH_LOGGING_LEVEL: "DEBUG" },
    });

  function trigger(flow: string, parameters = FLOWS[flow]?.parameters ?? {}): Promise<Run> {
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

  /** A warm run that goes on until its file is there, its process and the parent of that. */
  async function waiting(file: string): Promise<{ id: string; pid: number; parent: number; end: () => void }> {
    const path = join(prefect.sandbox.folder, file);
    const { id } = await trigger("waits", { path });
    await logged(id, "waits");
    if ((await logsOf(id)).some((line) => IS_COLD.test(line))) {
      writeFileSync(path, "");
      return waiting(`${file}-again`);
    }
    const noted = await inState(id, ({ infrastructure_pid }) => infrastructure_pid !== null);
    const pid = Number(noted.infrastructure_pid?.split(":").at(-1));
    return { id, pid, parent: Number(statOf(String(pid))[1]), end: () => writeFileSync(path, "") };
  }

  const gone = (pid: number, what: string) =>
    until(
      async () => (isAlive(pid) ? undefined : true),
      () => what,
    );

  async function all(): Promise<Map<string, Left>> {
    return new Map(await Promise.all(Object.keys(FLOWS).map(async (name) => [name, await left(name)] as const)));
  }

  /** Runs it, resumes and cancels what waits for that, and gives what is left of it. */
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
        .filter((line) => !IS_COLD.test(line))
        .map(mask)
        .toSorted(),
    };
  }

  for (const name of Object.keys(FLOWS)) {
    test(`'${name}' leaves what a cold one leaves`, () => {
      expect(warm.get(name)).toEqual(cold.get(name) as Left);
    });
  }

  test("most runs are warm, however busy the machine is", () => {
    expect(startedCold).toBeLessThan((warm.size + crowd.length) / 2);
  });

  test("the flows do what they are for", () => {
    const states = Object.fromEntries([...warm].map(([name, { state }]) => [name, state]));
    expect(states).toEqual({
      ...{ tasks: "Completed", retries: "Completed", concurrent: "Completed", asynchronous: "Completed" },
      ...{ prints: "Completed", subflow: "Completed", fails: "Failed", task_fails: "Failed", exits: "Crashed" },
      ...{ dies: "Crashed", model: "Completed", leaves: "Crashed", secret: "Completed", processes: "Completed" },
      ...{ sleeps: "Cancelled", pauses: "Completed", place: "Completed" },
    });
  });

  test(`${AT_ONCE} at once leave what one leaves`, () => {
    for (const one of crowd) expect(one).toEqual(cold.get("subflow") as Left);
  });

  test("goes on when its parent is killed with kill -9, and the next one has another parent", async () => {
    const { id, parent, end } = await waiting("first");
    process.kill(parent, "SIGKILL");
    await gone(parent, "the parent");
    end();
    const { name, state_name } = await inState(id, ({ state_type }) => ENDS.has(state_type));
    expect(state_name).toBe("Completed");
    await until(
      async () => (agent?.output().includes(`Flow run '${name}' finished in state Completed`) ? true : undefined),
      () => `the agent's word of ${name}\n${agent?.output()}`,
    );
    expect(await left("tasks")).toEqual(cold.get("tasks") as Left);
  }, 900_000);

  test("is ended like a cold one when its agent is killed with kill -9, and the parent ends at once", async () => {
    const { pid, parent } = await waiting("second");
    await agent?.stop("SIGKILL");
    agent = undefined;
    await gone(parent, "the parent");
    await gone(pid, "the run's process");
  }, 900_000);
});

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
