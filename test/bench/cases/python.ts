// A Python flow by Prefect's own engine (orch's agent with a new Python for each run and with one that has Prefect loaded, and
// Prefect's agent), and by the engine that is part of orch.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Case, Figure } from "../cases.ts";
import { prefectEnvironment } from "../environment.ts";
import { runCommand, type Service } from "../processes.ts";
import { type Bed, createBed, type Product, prefectProduct, type Run, trigger, until } from "../product.ts";
import { median, percentile } from "../stats.ts";

const WHAT = "Python flow without tasks, trigger → COMPLETED, p50 (CPU: everything, per run)";
/** Between two triggers, as people and schedules leave it. */
const IDLE_MS = 500;
/** For the end of the last run's process. */
const END_MS = 2_000;
const AT_ONCE = 20;
const MORE_FLOWS = `
import os, time

@flow
def hundred():
    for future in [light.submit(n) for n in range(100)]:
        future.result()

@flow
def waits(path: str):
    while not os.path.exists(path):
        time.sleep(0.1)
`;

async function withAgent<T>(
  product: Product,
  env: Record<string, string>,
  measure: (bed: Bed, agent: Service, cpu: () => number) => Promise<T>,
): Promise<T> {
  const bed = await createBed(product);
  try {
    const { server } = await bed.startServer();
    const agent = await bed.startAgent(env);
    return await measure(bed, agent, () => server.cpu() + agent.cpu());
  } finally {
    await bed.close();
  }
}

/** The first runs are not counted. */
function triggered(product: Product, env: Record<string, string>, count: number, first: number) {
  return withAgent(product, env, async (bed, _, cpu) => {
    const id = await bed.deploy("noop");
    for (let index = 0; index < first; index += 1) await trigger(bed, id);
    await Bun.sleep(END_MS);
    const before = cpu();
    const all: number[] = [];
    for (let index = 0; index < count; index += 1) {
      all.push(await trigger(bed, id));
      await Bun.sleep(IDLE_MS);
    }
    await Bun.sleep(END_MS);
    return { value: percentile(all, 0.5), cpu: (cpu() - before) / count };
  });
}

function hundredTasks(product: Product, env: Record<string, string>, count: number): Promise<number> {
  return withAgent(product, env, async (bed) => {
    const id = await bed.deploy("tasks", "flows.py:hundred");
    const all: number[] = [];
    for (let index = 0; index < count; index += 1) all.push(await trigger(bed, id));
    return median(all);
  });
}

/** Of the agent and all that it started, while the runs execute. */
function memoryAtOnce(product: Product, env: Record<string, string>): Promise<number> {
  return withAgent(product, env, async (bed, agent) => {
    const id = await bed.deploy("tasks", "flows.py:waits");
    const path = join(bed.folder, "end");
    const parameters = { path };
    const start = () => bed.call<Run>("POST", `/deployments/${id}/create_flow_run`, { parameters });
    const runs = await Promise.all(Array.from({ length: AT_ONCE }, start));
    const inState = (state: string) => async () => {
      const filter = { flow_runs: { id: { any_: runs.map((run) => run.id) }, state: { type: { any_: [state] } } } };
      return (await bed.call<number>("POST", "/flow_runs/count", filter)) === AT_ONCE;
    };
    await until(`${AT_ONCE} runs to begin`, 250, inState("RUNNING"));
    const memory = agent.proportional();
    writeFileSync(path, "");
    await until(`${AT_ONCE} runs to end`, 250, inState("COMPLETED"));
    return memory;
  });
}

/** Of `from prefect import flow, task` by the package, above an empty program. */
async function importTime(python: string, count: number): Promise<number> {
  const env = { PYTHONPATH: resolve("src/python"), PATH: "/usr/bin:/bin" };
  const all: number[] = [];
  for (let index = 0; index <= count; index += 1) {
    const of = (text: string) => runCommand([python, "-c", text], { env, cwd: "/" });
    const bare = await of("pass");
    const loaded = await of("from prefect import flow, task");
    if (index > 0) all.push(loaded.wall - bare.wall); // the first compiles it
  }
  return median(all);
}

const figure = (what: string, value: number, budget?: string, unit: Figure["unit"] = "ms"): Figure => ({
  ...{ what, unit, value },
  ...(budget === undefined ? {} : { budget }),
});

export const pythonCase: Case = {
  name: "python",
  async measure(product, { quick }) {
    const environment = await prefectEnvironment();
    const [few, many] = quick ? [2, 5] : [5, 20];
    const anew = `${WHAT}: by Prefect's engine, a new process for each run`;
    const memory = (how: string) => `${AT_ONCE} Python runs at once, memory of the agent and all it started: ${how}`;
    const tasks = "100 tasks submitted by a Python flow, trigger → COMPLETED";
    const { flowFile, entry } = prefectProduct(environment);
    const ours = { ...product, flowFile: { ...flowFile, source: flowFile.source + MORE_FLOWS }, entry };
    if (product.name === "Prefect") {
      return [
        { ...figure(anew, 0), ...(await triggered(ours, {}, few, 1)) },
        figure(tasks, await hundredTasks(ours, {}, 1)),
        figure(memory("Prefect's engine"), await memoryAtOnce(ours, {}), undefined, "MB"),
      ];
    }
    const real = { ORCH_PYTHON: join(environment, "bin/python") };
    const cold = { ...real, ORCH_AGENT_WARM_PYTHON_SECONDS: "0" };
    const builtIn = { ...real, ORCH_PYTHON_ENGINE: "built-in" };
    return [
      { ...figure(anew, 0), ...(await triggered(ours, cold, few, 1)) },
      {
        ...figure(`${WHAT}: forked from a process with Prefect loaded`, 0, "≤ 500 ms, ≤ 450 ms CPU"),
        ...(await triggered(ours, real, many, 2)),
      },
      { ...figure(`${WHAT}: by the built-in engine`, 0, "≤ 150 ms"), ...(await triggered(ours, builtIn, many, 1)) },
      figure(
        "import of the built-in engine, above an empty Python",
        await importTime(real.ORCH_PYTHON, many),
        "≤ 60 ms",
      ),
      figure(tasks, await hundredTasks(ours, builtIn, few), "≤ 1 s"),
      figure(memory("Prefect's engine"), await memoryAtOnce(ours, real), undefined, "MB"),
      figure(memory("the built-in engine"), await memoryAtOnce(ours, builtIn), undefined, "MB"),
    ];
  },
};
