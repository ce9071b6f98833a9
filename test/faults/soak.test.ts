// Steady work without a fault: everything is done once, and server and agents hold no more in the end than in the middle.
// FAULT_SECONDS=600 for ten minutes.
import { expect, test } from "bun:test";
import type { Running } from "../binary/sandbox.ts";
import { chosenSeed } from "./fleet.ts";
import type { Crew } from "./storm/crew.ts";
import { holdings } from "./storm/processes.ts";
import { type Tally, weather } from "./storm/storm.ts";

const SECONDS = Number(process.env["FAULT_SECONDS"] ?? 20);
/** Of what a process holds in the middle of the time; and a little more, for one that has hardly begun. */
const MOST_GROWTH = 1.15;
const [MORE_MEGABYTES, MORE_DESCRIPTORS] = [20, 10];

type Holding = ReturnType<typeof holdings>;

const most = (all: readonly Holding[], what: keyof Holding) => Math.max(...all.map((one) => one[what]));

/** Prints what the processes held in each third of the time, and gives a sentence for each that held ever more. */
async function grownIn(seconds: number, processes: Record<string, Running>): Promise<string[]> {
  const looks = Object.entries(processes).map(([name, { pid }]) => ({ name, pid, held: [] as Holding[] }));
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    for (const { pid, held } of looks) held.push(holdings(pid));
    await Bun.sleep(Math.min(1_000, seconds * 10));
  }
  return looks.flatMap(({ name, held }) => {
    const third = Math.ceil(held.length / 3);
    const parts = [0, 1, 2].map((at) => held.slice(at * third, (at + 1) * third));
    const [megabytes = [], descriptors = []] = (["megabytes", "descriptors"] as const).map((what) =>
      parts.map((part) => Math.round(most(part, what))),
    );
    const sentence = `${name}: ${megabytes.join(", ")} MB, ${descriptors.join(", ")} descriptors`;
    console.log(sentence);
    const isFlat = ([, middle = 0, end = 0]: number[], more: number) => end <= middle * MOST_GROWTH + more;
    return isFlat(megabytes, MORE_MEGABYTES) && isFlat(descriptors, MORE_DESCRIPTORS) ? [] : [sentence];
  });
}

test(`${SECONDS} s of steady work: all is done once, and nothing grows`, async () => {
  let grown: string[] = [];
  async function watch(crew: Crew): Promise<Tally> {
    const [one, two] = crew.agents;
    if (!one || !two) throw new Error("there are two agents");
    grown = await grownIn(SECONDS, { server: crew.server(), "first agent": one, "second agent": two });
    return {};
  }
  const { problems, tally } = await weather({ seed: chosenSeed(), inServer: false, lostSeconds: 30 }, watch);
  console.log(tally);
  expect([...problems, ...grown]).toEqual([]);
  expect(tally["CRASHED"] ?? 0).toBe(0);
  expect(tally["executions"]).toBeGreaterThan(10);
}, 3_600_000);
