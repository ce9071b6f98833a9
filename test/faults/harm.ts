// Does a piece of work again and again, each time with one of its calls harmed, and compares what it left with what it leaves
// when no call is harmed.
import { expect } from "bun:test";
import { type CallName, FAULTS, type Fault, type FaultProxy } from "./fault-proxy.ts";
import type { Left, Rows } from "./rows.ts";

export interface Work {
  name: string;
  /** Does it once, by clients that call through the proxy, and waits for its end. `n` differs each time, for names. */
  act(n: number): Promise<void>;
}

export interface Harm {
  proxy: FaultProxy;
  rows: Rows;
  random: () => number;
}

/** How often a call is harmed in the rounds where any may be. */
const PROBABILITY = 0.25;
const ROUNDS = 3;

let times = 0;

async function once({ proxy, rows }: Harm, work: Work): Promise<Left> {
  rows.since();
  proxy.restart();
  times += 1;
  await work.act(times);
  await proxy.idle();
  return rows.since();
}

/** The second time: the first makes what is there for all. */
async function unharmed(harm: Harm, work: Work): Promise<Left> {
  harm.proxy.choose = () => undefined;
  await once(harm, work);
  return once(harm, work);
}

/** All calls of the work, each with the number that it has among those of its name. */
function numbered(calls: readonly CallName[]): { name: CallName; count: number }[] {
  const counts = new Map<CallName, number>();
  return calls.map((name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return { name, count };
  });
}

/** Each call of the work is harmed once in each way; of these cases `most`, chosen by chance. Returns how many there were. */
export async function harmEachCall(harm: Harm, work: Work, most = Number.POSITIVE_INFINITY): Promise<number> {
  const { proxy, random } = harm;
  const wanted = await unharmed(harm, work);
  const cases = numbered(proxy.calls).flatMap((call) => FAULTS.map((fault) => ({ ...call, fault })));
  const chosen = cases.length <= most ? cases : shuffled(cases, random).slice(0, most);
  for (const { name, count, fault } of chosen) {
    proxy.choose = (called, number) => (called === name && number === count ? fault : undefined);
    await compare(harm, work, wanted, `${fault}: ${name} (${count})`);
  }
  return chosen.length;
}

/** Some rounds in which any call may be harmed in any way. Returns how many calls were. */
export async function harmByChance(harm: Harm, work: Work): Promise<number> {
  const { proxy, random } = harm;
  const wanted = await unharmed(harm, work);
  let harmed = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const faults: string[] = [];
    proxy.choose = (name) => {
      if (random() >= PROBABILITY) return undefined;
      const fault: Fault = FAULTS[Math.floor(random() * FAULTS.length)] ?? "cut after";
      faults.push(`${fault}: ${name}`);
      return fault;
    };
    await compare(harm, work, wanted, () => faults.join("\n"));
    harmed += faults.length;
  }
  return harmed;
}

async function compare(harm: Harm, work: Work, wanted: Left, what: string | (() => string)): Promise<void> {
  const said = () => `${work.name}, with\n${typeof what === "string" ? what : what()}`;
  const left = await once(harm, work).catch((error) => {
    throw new Error(`${said()}\n${error instanceof Error ? error.message : error}`);
  });
  expect({ harm: said(), ...left }).toEqual({ harm: said(), ...wanted });
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
