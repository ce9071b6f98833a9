// The same flows three times: by the real engine on orch, by the built-in engine on orch, and most by the real engine on the real server.
// What differs is listed here.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { prefectEnvironment } from "../bench/environment.ts";
import { type Bed, createBed, prefectProduct } from "../bench/product.ts";
import { createPrefect, type Prefect, possible } from "./prefect.ts";

const FIXTURES = resolve("test/fixtures/python");
/** Flow files as people write them: a new one in this folder is run by all. */
const FILES = [
  "engines.py",
  ...readdirSync(join(FIXTURES, "flows"))
    .filter((file) => file.endsWith(".py"))
    .toSorted()
    .map((file) => `flows/${file}`),
];
/** These ask the server for nothing that the others do not ask for, and Prefect's server is slow. */
const OF_ENGINES = ["contexts", "pipelines", "results", "shapes", "states", "values"];
const isOfEngines = (name: string) => OF_ENGINES.some((file) => name.startsWith(`${file}.`));
const FILES_OF_SERVERS = FILES.filter((file) => !isOfEngines(basename(file)));
const environment = possible ? await prefectEnvironment() : "";
const python = join(environment, "bin/python");

interface Seen {
  state: string;
  value: string;
  tasks: string[];
  logs: string[];
}

/** The real engine puts a traceback into a state's message: of a task that was too slow, and of an error with a cause. */
const DIFFERING = new Set([
  ...["engines.times_out", "engines.times_out_itself", "pipelines.fails_with_cause"],
  ...["services.task_blocks", "services.task_blocks_submitted"],
]);
/** What fails in the engine's own frames has no traceback here. A run with parameters that do not fit has nothing in its log there, when it was not started by a deployment. */
const SILENT = new Set([
  "engines.invalid",
  "pipelines.etl 2",
  "pipelines.modes 2",
  "shapes.fails_by_its_name",
  ...DIFFERING,
]);
/** Prefect leaves a task run that is pending forever where the parameters of a deployment's run cannot be sent. */
const OTHER_TASKS = new Set([...DIFFERING, "services.futures_for_deployments"]);
/** Prefect's server answers 500 to a retry with jitter and a delay of less than a second. */
const OF_SERVERS = new Set(["tasks.retries_with_jitter"]);

describe.skipIf(!possible)("python 4: the built-in engine", () => {
  let prefect: Prefect;
  let bed: Bed;
  /** By the real engine on the real server. */
  let old: Map<string, Seen>;
  /** By the real engine on orch. */
  let real: Map<string, Seen>;
  /** By the built-in engine on orch. */
  let ours: Map<string, Seen>;

  beforeAll(async () => {
    [prefect, bed] = await Promise.all([createPrefect(), createBed(prefectProduct(environment))]);
    const { home } = prefect.sandbox;
    const env = { HOME: home, PATH: "/usr/bin:/bin", PREFECT_HOME: join(home, ".prefect") };
    const onOrch = { ...env, PREFECT_API_URL: `${prefect.url}/api`, PYTHONDONTWRITEBYTECODE: "1" };
    const onPrefect = { ...onOrch, PREFECT_HOME: join(home, ".prefect-old"), PREFECT_API_URL: bed.api };
    const allOnOrch = async () => {
      real = await seen(await printed(onOrch), prefect.call);
      ours = await seen(await printed({ ...onOrch, PYTHONPATH: resolve("src/python") }), prefect.call);
    };
    const allOnPrefect = async () => {
      await bed.startServer();
      old = await seen(await printed(onPrefect, FILES_OF_SERVERS), bed.call);
    };
    await Promise.all([allOnOrch(), allOnPrefect()]);
  }, 1_200_000);
  afterAll(async () => {
    await prefect?.close();
    await bed?.close();
  });

  async function printed(env: Record<string, string>, played = FILES): Promise<string> {
    const files = played.map((file) => join(FIXTURES, file));
    const child = Bun.spawn([python, join(FIXTURES, "play.py"), ...files], {
      ...{ env, cwd: prefect.sandbox.folder, stdout: "pipe", stderr: "pipe" },
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    if ((await child.exited) !== 0) throw new Error(`play.py failed: ${err}`);
    return out;
  }

  async function seen(output: string, call: Prefect["call"]): Promise<Map<string, Seen>> {
    const lines = output.split("\n").filter((line) => line.startsWith("@@"));
    const found = new Map<string, Seen>();
    for (const line of lines) {
      const [flow, state, value, id] = JSON.parse(line.slice(2));
      const name = nameFor(flow, found);
      if (id === "None") found.set(name, { state, value, tasks: [], logs: [] });
      else found.set(name, { state, value, ...(await inApi(id, call)) });
    }
    return found;
  }

  async function inApi(id: string, call: Prefect["call"]): Promise<Pick<Seen, "tasks" | "logs">> {
    const run = { any_: [id] };
    type TaskRun = Record<"name" | "state_name" | "task_key" | "dynamic_key", string> & {
      run_count: number;
      tags: string[];
      task_inputs: Record<string, unknown[]>;
      state: { message: string | null; data: { type: string } | null };
    };
    const tasks = await call<TaskRun[]>("POST", "/task_runs/filter", { flow_runs: { id: run } });
    const filter = { logs: { flow_run_id: run }, sort: "TIMESTAMP_ASC" };
    const logs = await call<{ level: number; name: string; message: string }[]>("POST", "/logs/filter", filter);
    const shownTasks = tasks.map((one) => [
      ...[
        one.name,
        // What no agent takes is late some seconds afterwards.
        one.state_name.replace("Late", "Scheduled"),
        masked(one.state.message ?? ""),
        one.task_key,
        one.dynamic_key,
        one.run_count,
        one.tags.toSorted(),
      ],
      ...[Object.entries(one.task_inputs).map(([name, inputs]) => `${name}:${inputs.length}`), one.state.data?.type],
    ]);
    return {
      tasks: shownTasks.map((one) => masked(JSON.stringify(one))).toSorted(),
      logs: logs.map(({ level, name, message }) => `${level} ${name} ${masked(message)}`).toSorted(),
    };
  }

  const ends = (all: Map<string, Seen>) => [...all].map(([name, { state, value }]) => [name, state, value]);
  const without = (names: ReadonlySet<string>, part: "tasks" | "logs", all: Map<string, Seen>) =>
    [...all].filter(([name]) => !names.has(name)).map(([name, found]) => [name, found[part]]);

  test("ends runs in the same states, with the same values", () => {
    expect(ends(ours)).toEqual(ends(real));
    expect(real.size).toBe(274);
  });

  test("makes the same task runs", () => {
    expect(without(OTHER_TASKS, "tasks", ours)).toEqual(without(OTHER_TASKS, "tasks", real));
  });

  test("writes the same log lines", () => {
    expect(without(SILENT, "logs", ours)).toEqual(without(SILENT, "logs", real));
  });

  describe("and orch's server gives the real engine what Prefect's server gives it:", () => {
    const isOther = (name: string) => !OF_SERVERS.has(name) && !isOfEngines(name);
    const others = (all: Map<string, Seen>) => new Map([...all].filter(([name]) => isOther(name)));

    test("states and values", () => expect(ends(others(real))).toEqual(ends(others(old))));
    for (const part of ["tasks", "logs"] as const) {
      test(part, () => expect(without(OF_SERVERS, part, others(real))).toEqual(without(OF_SERVERS, part, old)));
    }
  });
});

/** A flow may be called with several parameters. */
function nameFor(flow: string, found: ReadonlyMap<string, Seen>): string {
  for (let times = 1; ; times += 1) {
    const name = times === 1 ? flow : `${flow} ${times}`;
    if (!found.has(name)) return name;
  }
}

/** Generated names, ids, and the engine's own lines of tracebacks. */
function masked(text: string): string {
  const [first = "", ...rest] = text.trimEnd().split("\n");
  const whole = rest.some((line) => line.startsWith("Traceback")) ? `${first} … ${rest.at(-1)}` : text;
  return whole
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replace(/(["'])[a-z]+-[a-z]+\1/g, "$1NAME$1");
}
