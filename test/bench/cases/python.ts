// A Python flow by Prefect's own engine: orch's agent with a new Python for each run and with one that has Prefect loaded, and
// Prefect's agent.
import { join } from "node:path";
import type { Case, Figure } from "../cases.ts";
import { prefectEnvironment } from "../environment.ts";
import { createBed, type Product, prefectProduct, trigger } from "../product.ts";
import { percentile } from "../stats.ts";

const WHAT = "Python flow without tasks by Prefect's engine, trigger → COMPLETED, p50 (CPU: everything, per run)";
/** Between two triggers, as people and schedules leave it. */
const IDLE_MS = 500;
/** For the end of the last run's process. */
const END_MS = 2_000;

async function measured(product: Product, env: Record<string, string>, count: number, first: number) {
  const bed = await createBed(product);
  try {
    const { server } = await bed.startServer();
    const id = await bed.deploy("noop");
    const agent = await bed.startAgent(env);
    const cpu = () => server.cpu() + agent.cpu();
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
  } finally {
    await bed.close();
  }
}

export const pythonCase: Case = {
  name: "python",
  async measure(product, { quick }) {
    const environment = await prefectEnvironment();
    const [few, many] = quick ? [2, 5] : [5, 20];
    const figure = (how: string, found: { value: number; cpu: number }, budget?: string): Figure => ({
      ...{ what: `${WHAT}: ${how}`, unit: "ms", ...found },
      ...(budget === undefined ? {} : { budget }),
    });
    const anew = "a new process for each run";
    if (product.name === "Prefect") return [figure(anew, await measured(product, {}, few, 1))];
    const { flowFile, entry } = prefectProduct(environment);
    const ours = { ...product, flowFile, entry };
    const env = { ORCH_PYTHON: join(environment, "bin/python") };
    const cold = await measured(ours, { ...env, ORCH_AGENT_WARM_PYTHON_SECONDS: "0" }, few, 1);
    const warm = await measured(ours, env, many, 2);
    return [figure(anew, cold), figure("forked from a loaded one", warm, "≤ 500 ms, ≤ 450 ms CPU")];
  },
};
