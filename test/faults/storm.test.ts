// Storms of kill -9 and SIGSTOP (storm/storm.ts): after each one what was acknowledged is there, nothing is stuck, and nothing
// was done twice. FAULT_KILLS=N for another number of kills, FAULT_SEED=N to repeat one storm with its number.
import { expect, test } from "bun:test";
import { chosenSeed } from "./fleet.ts";
import { type StormResult, storm, type Tally } from "./storm/storm.ts";

const KILLS = Number(process.env["FAULT_KILLS"] ?? 1_000);
const KILLS_OF_ONE = 100;
/** More than there are processors: a storm also waits. */
const AT_ONCE = 3;

test(`${KILLS} kills leave nothing lost, stuck or done twice`, async () => {
  const seed = chosenSeed();
  const waiting = Array.from({ length: Math.ceil(KILLS / KILLS_OF_ONE) }, (_, number) => ({
    kills: Math.min(KILLS_OF_ONE, KILLS - number * KILLS_OF_ONE),
    seed: seed + number,
    inServer: (seed + number) % 3 === 0,
  }));
  const sum: Tally = {};
  const problems: string[] = [];
  async function worker(): Promise<void> {
    for (let options = waiting.shift(); options; options = waiting.shift()) {
      const name = `FAULT_SEED=${options.seed} FAULT_KILLS=${options.kills}`;
      const result = await storm(options).catch((error): StormResult => ({ problems: [`${error}`], tally: {} }));
      for (const [what, count] of Object.entries(result.tally)) sum[what] = (sum[what] ?? 0) + count;
      const found = result.problems.map((problem) => `${name}: ${problem}`);
      if (found.length > 0) console.log(found.join("\n")); // long before the end
      problems.push(...found);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  console.log(
    Object.entries(sum)
      .map(([what, count]) => `${what}: ${count}`)
      .join(", "),
  );
  expect(problems).toEqual([]);
}, 7_200_000);
