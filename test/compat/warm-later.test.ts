// The engines of Prefect 2.14, 2.16 and 2.20, each cold and warm: fewer kinds of flow than for 2.10.4 (warm.test.ts).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPrefect, type Prefect, possible } from "./prefect.ts";
import { laterEnvironments, RELEASES } from "./releases.ts";
import { type Call, createWarmRuns, type Left, QUIET, type WarmRuns } from "./warm-runs.ts";

const canFork = possible && process.platform === "linux";
const environments = canFork ? await laterEnvironments() : {};

const FLOWS: Record<string, Call> = {
  ...{ tasks: {}, retries: {}, asynchronous: {}, prints: {}, subflow: {}, fails: {}, exits: {}, dies: QUIET },
  place: { overrides: { "env.MARK": "yes", "env.PREFECT_LOGGING_EXTRA_LOGGERS": "mine" } },
};
const STATES = {
  ...{ tasks: "Completed", retries: "Completed", asynchronous: "Completed", prints: "Completed", subflow: "Completed" },
  ...{ fails: "Failed", exits: "Crashed", dies: "Crashed", place: "Completed" },
};

for (const [version] of RELEASES) {
  describe.skipIf(!canFork)(`python 17: a warm run of Prefect ${version}`, () => {
    let prefect: Prefect;
    let runs: WarmRuns;
    let cold: Map<string, Left>;
    let warm: Map<string, Left>;

    beforeAll(async () => {
      const environment = environments[version] as string;
      prefect = await createPrefect([], environment);
      runs = await createWarmRuns(prefect, join(environment, "bin/python"), FLOWS);
      runs.startAgent("0");
      cold = await runs.all();
      await runs.stopAgent();
      runs.startAgent("600");
      warm = await runs.all();
    }, 1_800_000);
    afterAll(async () => {
      await runs?.stopAgent();
      await prefect?.close();
    });

    for (const name of Object.keys(FLOWS)) {
      test(`'${name}' leaves what a cold one leaves`, () => {
        expect(warm.get(name)).toEqual(cold.get(name) as Left);
      });
    }

    test("most runs are warm, and the flows do what they are for", () => {
      expect(Object.fromEntries([...warm].map(([name, { state }]) => [name, state]))).toEqual(STATES);
      expect(runs.startedCold).toBeLessThan(warm.size / 2);
    });
  });
}
