// Runs each Python flow by the real engine twice: in a new Python process, and forked from one that has Prefect loaded. What the two
// leave in the API and in the agent's output has to be the same.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "#lib/process/process-alive.ts";
import { statOf } from "#lib/process/process-stat.ts";
import { prefectEnvironment } from "../bench/environment.ts";
import { createPrefect, type Prefect, possible, until } from "./prefect.ts";
import { type Call, createWarmRuns, ENDS, IS_COLD, type Left, QUIET, type WarmRuns } from "./warm-runs.ts";

const python = possible ? join(await prefectEnvironment(), "bin/python") : "";
const canFork = possible && process.platform === "linux";

const FLOWS: Record<string, Call> = {
  ...{ tasks: {}, retries: {}, concurrent: {}, asynchronous: {}, prints: {}, subflow: {}, fails: {}, task_fails: {} },
  model: { parameters: { order: { number: 1, lines: ["a", "b"] } } },
  ...{ exits: {}, dies: QUIET, leaves: QUIET, secret: {}, processes: {}, sleeps: QUIET, pauses: {} },
  place: { overrides: { "env.MARK": "yes", "env.PREFECT_LOGGING_EXTRA_LOGGERS": "mine" } },
};
const AT_ONCE = 20;

describe.skipIf(!canFork)("python 17: a warm run of the real engine", () => {
  let prefect: Prefect;
  let runs: WarmRuns;
  let cold: Map<string, Left>;
  let warm: Map<string, Left>;
  let crowd: Left[];

  beforeAll(async () => {
    prefect = await createPrefect();
    await prefect.python("from prefect.blocks.system import Secret; Secret(value='abcde').save('hidden')");
    runs = await createWarmRuns(prefect, python, FLOWS);
    runs.startAgent("0");
    cold = await runs.all();
    await runs.stopAgent();
    runs.startAgent("600");
    warm = await runs.all();
    crowd = await Promise.all(Array.from({ length: AT_ONCE }, () => runs.left("subflow")));
  }, 1_800_000);
  afterAll(async () => {
    await runs?.stopAgent();
    await prefect?.close();
  });

  /** A warm run that goes on until its file is there, its process and the parent of that. */
  async function waiting(file: string): Promise<{ id: string; pid: number; parent: number; end: () => void }> {
    const path = join(prefect.sandbox.folder, file);
    const { id } = await runs.trigger("waits", { path });
    await runs.logged(id, "waits");
    if ((await runs.logsOf(id)).some((line) => IS_COLD.test(line))) {
      writeFileSync(path, "");
      return waiting(`${file}-again`);
    }
    const noted = await runs.inState(id, ({ infrastructure_pid }) => infrastructure_pid !== null);
    const pid = Number(noted.infrastructure_pid?.split(":").at(-1));
    return { id, pid, parent: Number(statOf(String(pid))[1]), end: () => writeFileSync(path, "") };
  }

  const gone = (pid: number, what: string) =>
    until(
      async () => (isAlive(pid) ? undefined : true),
      () => what,
    );

  for (const name of Object.keys(FLOWS)) {
    test(`'${name}' leaves what a cold one leaves`, () => {
      expect(warm.get(name)).toEqual(cold.get(name) as Left);
    });
  }

  test("most runs are warm, however busy the machine is", () => {
    expect(runs.startedCold).toBeLessThan((warm.size + crowd.length) / 2);
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
    const { name, state_name } = await runs.inState(id, ({ state_type }) => ENDS.has(state_type));
    expect(state_name).toBe("Completed");
    await until(
      async () => (runs.agent?.output().includes(`Flow run '${name}' finished in state Completed`) ? true : undefined),
      () => `the agent's word of ${name}\n${runs.agent?.output()}`,
    );
    expect(await runs.left("tasks")).toEqual(cold.get("tasks") as Left);
  }, 900_000);

  test("is ended like a cold one when its agent is killed with kill -9, and the parent ends at once", async () => {
    const { pid, parent } = await waiting("second");
    await runs.stopAgent("SIGKILL");
    await gone(parent, "the parent");
    await gone(pid, "the run's process");
  }, 900_000);
});
