// One storm: a server, two agents and their runs on a new home are killed and stopped in an order that a seed decides. Then
// it is calm, and everything that should be true is looked at (check.ts).
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createFleet, type Fleet, randomFrom } from "../fleet.ts";
import { type Found, look, problemsOfSchedules } from "./check.ts";
import { type Clients, startClients } from "./clients.ts";
import { type Crew, type CrewOptions, createCrew, type Kill, type Stop } from "./crew.ts";
import { SLOT_TAG, stormFlows } from "./flows.ts";
import { holdings, processesOf, signal } from "./processes.ts";

/** Of two events, at most. */
const PAUSE_MS = 300;
/** In every second phase the server is left alone: one that is killed all the time never finds a run lost. */
const PHASE = 25;
const SHARE_OF_STOPS = 0.2;
const SCHEDULE_SECONDS = 2;
/** For runs that are left to end: far more than they need. */
const SETTLE_SECONDS = 120;
const TIDY_SECONDS = 30;
/** Far more than a server has open that has nothing to do. */
const MOST_DESCRIPTORS = 100;
const WRONG_WORDS = /.*(unexpected went wrong|SQLITE|is locked|Internal Server|refused:).*/g;

const KILLS: readonly (Kill | "command")[] = [
  ...(["server", "agent", "agent", "command"] as const),
  ...(["engine", "engine", "group"] as const),
];
const STOPS: readonly Stop[] = ["server", "agent", "engine", "machine", "machine"];

/** What happened, by name. */
export type Tally = Record<string, number>;

export interface StormResult {
  /** What is not as it should be. Where there is something, the home is left. */
  problems: string[];
  tally: Tally;
}

export interface StormOptions {
  kills: number;
  seed: number;
  inServer: boolean;
}

export function storm({ kills, seed, inServer }: StormOptions): Promise<StormResult> {
  return weather({ seed, inServer, lostSeconds: 1 }, (crew, clients, random) => rage(crew, clients, random, kills));
}

/** Lets runs execute while `act` does something to server and agents; afterwards all is looked at. */
export async function weather(
  { seed, ...crewOptions }: CrewOptions & { seed: number },
  act: (crew: Crew, clients: Clients, random: () => number) => Promise<Tally>,
): Promise<StormResult> {
  const fleet = createFleet();
  const { home } = fleet.sandbox;
  const ledger = join(home, "ledger");
  const random = randomFrom(seed);
  let problems: string[] = ["it did not come to its end"];
  try {
    const crew = await createCrew(fleet, random, crewOptions);
    const deployments = await deployFlows(fleet, ledger);
    const clients = startClients(fleet, deployments, random);
    const tally = await act(crew, clients, random);
    await crew.awake();
    problems = problemsOfSchedules(home, SCHEDULE_SECONDS);
    const found = await settle(fleet, clients, deployments, ledger);
    problems.push(...found.problems, ...(await problemsLeft(fleet, crew)));
    return { problems, tally: { ...tally, "calls without an answer": clients.unanswered(), ...found.counts } };
  } finally {
    for (const { pid } of processesOf(home)) signal(pid, "SIGKILL");
    if (problems.length === 0) await fleet.sandbox.close();
    else console.log(`FAULT_SEED=${seed}: left for a look: ${home}`);
  }
}

async function deployFlows(fleet: Fleet, ledger: string): Promise<string[]> {
  await fleet.post("/concurrency_limits/", { tag: SLOT_TAG, concurrency_limit: 2 });
  const source = stormFlows(ledger);
  const options = { name: "storm", interval: SCHEDULE_SECONDS };
  return [
    await fleet.deploy(source, { ...options, flow: "sturdy" }),
    await fleet.deploy(source, { ...options, flow: "plain" }),
  ];
}

/** Resolves when there were so many kills. */
async function rage(crew: Crew, clients: Clients, random: () => number, kills: number): Promise<Tally> {
  const tally: Tally = {};
  const count = (what: string) => {
    tally[what] = (tally[what] ?? 0) + 1;
  };
  for (let [event, done] = [0, 0]; done < kills; event += 1) {
    const kind = KILLS[Math.floor(random() * KILLS.length)] ?? "engine";
    const isSpared = kind === "server" && Math.floor(event / PHASE) % 2 === 1;
    if (!isSpared && (await (kind === "command" ? clients.killCommand() : crew.kill(kind)))) {
      done += 1;
      count(`${kind} killed`);
    }
    if (random() < SHARE_OF_STOPS) {
      const [who, isLong] = [STOPS[Math.floor(random() * STOPS.length)] ?? "engine", random() < 0.5];
      if (crew.stop(who, isLong)) count(`${who} stopped for ${isLong ? "long" : "a moment"}`);
    }
    await Bun.sleep(random() * PAUSE_MS);
  }
  return tally;
}

/** Waits for the end of all runs, and for their logs; then looks at everything that was done. */
async function settle(fleet: Fleet, clients: Clients, deployments: string[], ledger: string): Promise<Found> {
  const { home } = fleet.sandbox;
  for (const id of deployments) await fleet.post(`/deployments/${id}/set_schedule_inactive`, {});
  await clients.calm();
  await fleet.allFinal(SETTLE_SECONDS);
  await clients.stop();
  const runLogs = join(home, ".orch/run-logs");
  await fleet.eventually(TIDY_SECONDS, () => !existsSync(runLogs) || readdirSync(runLogs).length === 0);
  const { acknowledged, labels } = clients;
  return look({ home, ledger, acknowledged, labels });
}

/** Ends server and agents, and looks for what they leave: processes, folders, words that should not be said. */
async function problemsLeft({ sandbox: { home }, eventually }: Fleet, crew: Crew): Promise<string[]> {
  const isTrue = (look: () => boolean) => eventually(TIDY_SECONDS, look).catch(() => false);
  const problems: string[] = [];
  const { descriptors } = holdings(crew.server().pid);
  if (descriptors > MOST_DESCRIPTORS) problems.push(`the server has ${descriptors} descriptors open`);
  const codes = await crew.end();
  if (codes.some((code) => code !== 0)) problems.push(`asked to end, agents and server ended with ${codes}`);
  if (!(await isTrue(() => processesOf(home).length === 0))) {
    problems.push(`processes are left: ${processesOf(home).map(({ pid, command }) => `${pid} ${command}`)}`);
  }
  // The next agent removes the folders of killed ones.
  const [server, agent] = [await crew.startServer(), await crew.startAgent()];
  const folders = () => readdirSync(crew.temporary).filter((name) => name.startsWith("orch-run-"));
  if (!(await isTrue(() => folders().length === 0))) problems.push(`folders are left: ${folders()}`);
  await agent.stop();
  await server.stop();
  problems.push(...(crew.printed().match(WRONG_WORDS) ?? []).map((line) => `it was said: ${line}`));
  return problems;
}
