// The same flows by the real engine and by the built-in one, both on orch: what differs is listed here.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { prefectEnvironment } from "../bench/environment.ts";
import { createPrefect, type Prefect, possible } from "./prefect.ts";

const FIXTURES = resolve("test/fixtures/python");
/** Flow files as people write them: a new one in this folder is run by both. */
const FILES = [
  "engines.py",
  ...readdirSync(join(FIXTURES, "flows"))
    .filter((file) => file.endsWith(".py"))
    .toSorted()
    .map((file) => `flows/${file}`),
];
const python = possible ? join(await prefectEnvironment(), "bin/python") : "";

interface Seen {
  state: string;
  value: string;
  tasks: string[];
  logs: string[];
}

/** The real engine puts a traceback with its own lines into the message of a task that was too slow. */
const DIFFERING = new Set(["engines.times_out", "engines.times_out_itself"]);
/** A run with parameters that do not fit has nothing in its log there, when it was not started by a deployment. */
const SILENT = new Set(["engines.invalid", ...DIFFERING]);

describe.skipIf(!possible)("python 4: the built-in engine", () => {
  let prefect: Prefect;
  let real: Map<string, Seen>;
  let ours: Map<string, Seen>;

  beforeAll(async () => {
    prefect = await createPrefect();
    const env = { HOME: prefect.sandbox.home, PATH: "/usr/bin:/bin", PREFECT_API_URL: `${prefect.url}/api` };
    const home = { PREFECT_HOME: join(prefect.sandbox.home, ".prefect"), PYTHONDONTWRITEBYTECODE: "1" };
    real = await seen(await printed({ ...env, ...home }));
    ours = await seen(await printed({ ...env, ...home, PYTHONPATH: resolve("src/python") }));
  }, 1_200_000);
  afterAll(() => prefect?.close());

  async function printed(env: Record<string, string>): Promise<string> {
    const files = FILES.map((file) => join(FIXTURES, file));
    const child = Bun.spawn([python, join(FIXTURES, "play.py"), ...files], {
      ...{ env, cwd: prefect.sandbox.folder, stdout: "pipe", stderr: "pipe" },
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    if ((await child.exited) !== 0) throw new Error(`play.py failed: ${err}`);
    return out;
  }

  async function seen(output: string): Promise<Map<string, Seen>> {
    const lines = output.split("\n").filter((line) => line.startsWith("@@"));
    const found = new Map<string, Seen>();
    for (const line of lines) {
      const [name, state, value, id] = JSON.parse(line.slice(2));
      if (id === "None") found.set(name, { state, value, tasks: [], logs: [] });
      else found.set(name, { state, value, ...(await inApi(id)) });
    }
    return found;
  }

  async function inApi(id: string): Promise<Pick<Seen, "tasks" | "logs">> {
    const run = { any_: [id] };
    type TaskRun = Record<"name" | "state_name" | "task_key" | "dynamic_key", string> & {
      run_count: number;
      tags: string[];
      task_inputs: Record<string, unknown[]>;
      state: { message: string | null; data: { type: string } | null };
    };
    const tasks = await prefect.call<TaskRun[]>("POST", "/task_runs/filter", { flow_runs: { id: run } });
    const filter = { logs: { flow_run_id: run }, sort: "TIMESTAMP_ASC" };
    const logs = await prefect.call<{ level: number; name: string; message: string }[]>("POST", "/logs/filter", filter);
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

  test("ends runs in the same states, with the same values", () => {
    const shown = (all: Map<string, Seen>) => [...all].map(([name, { state, value }]) => [name, state, value]);
    expect(shown(ours)).toEqual(shown(real));
    expect(real.size).toBe(167);
  });

  test("makes the same task runs", () => {
    const shown = (all: Map<string, Seen>) =>
      [...all].filter(([name]) => !DIFFERING.has(name)).map(([name, { tasks }]) => [name, tasks]);
    expect(shown(ours)).toEqual(shown(real));
  });

  test("writes the same log lines", () => {
    const shown = (all: Map<string, Seen>) =>
      [...all].filter(([name]) => !SILENT.has(name)).map(([name, { logs }]) => [name, logs]);
    expect(shown(ours)).toEqual(shown(real));
  });
});

/** Generated names, ids, and the engine's own lines of tracebacks. */
function masked(text: string): string {
  const [first = "", ...rest] = text.trimEnd().split("\n");
  const whole = rest.some((line) => line.startsWith("Traceback")) ? `${first} … ${rest.at(-1)}` : text;
  return whole
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replace(/(["'])[a-z]+-[a-z]+\1/g, "$1NAME$1");
}
