// R1: agents and engines that are stopped for longer than the lost-run time, as on a laptop that was closed. When they go on,
// their run is another's or over: they write nothing more and end, with what their run has started.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Running } from "../binary/sandbox.ts";
import { createFleet, type Fleet } from "./fleet.ts";

const ENV = {
  ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS: "1.5",
  ORCH_HEARTBEAT_SECONDS: "0.3",
  ORCH_LOGGING_TO_API_BATCH_INTERVAL: "0.05",
};

let fleet: Fleet;
let agents: Running[] = [];
beforeEach(() => {
  fleet = createFleet();
  agents = [];
});
afterEach(async () => {
  for (const { pid } of agents) signal(pid, "SIGCONT");
  await fleet.sandbox.close();
});

/** Ticks twenty times a second, and has a child; `ledger` gets a line of its process for each tick. */
const work = (ledger: string, options = {}) => `import { appendFileSync } from "node:fs";
import { flow, sleep, task } from "orch";
const pause = { timer: (ms) => new Promise((go) => setTimeout(go, ms)), engine: (ms) => sleep(ms / 1000) };
const tick = task(async function tick(n) { return n; });
export const work = flow(async function work(how: "timer" | "engine" | "task" = "timer", count = 60) {
  const child = Bun.spawn(["sleep", "600"]);
  console.log("begun", process.pid, child.pid);
  for (let n = 0; n < count; n += 1) {
    appendFileSync(${JSON.stringify(ledger)}, process.pid + "\\n");
    if (how === "task") { await tick(n); await pause.timer(50); } else await pause[how](50);
  }
  child.kill();
  return process.pid;
}, ${JSON.stringify({ logPrints: true, ...options })});`;

interface World {
  id: string;
  first: Running;
  engine: number;
  child: number;
  /** Ticks by process. */
  ticks(): Map<number, number>;
}

async function startAgent(): Promise<Running> {
  const agent = fleet.sandbox.start(["agent", "start", "-q", "test"], { ...ENV, ORCH_API_URL: fleet.url });
  agents.push(agent);
  await agent.until(/Agent started!/);
  return agent;
}

async function begin(how: string, options: object, count = 60, startsServer = true): Promise<World> {
  if (startsServer) await fleet.startServer(ENV);
  const ledger = join(fleet.sandbox.home, "ledger");
  const deployment = await fleet.deploy(work(ledger, options));
  const first = await startAgent();
  const body = { state: { type: "SCHEDULED" }, parameters: { how, count } };
  const { id }: { id: string } = (await fleet.post(`/deployments/${deployment}/create_flow_run`, body)).body;
  const [, engine, child] = await first.until(/begun (\d+) (\d+)/);
  await fleet.eventually(60, () => existsSync(ledger));
  return {
    ...{ id, first, engine: Number(engine), child: Number(child) },
    ticks() {
      const pids = readFileSync(ledger, "utf8").trim().split("\n").map(Number);
      return new Map([...new Set(pids)].map((pid) => [pid, pids.filter((other) => other === pid).length]));
    },
  };
}

/** Negative: a group. */
function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch {
    // It has ended.
  }
}

/** False for what has ended and was not reaped. */
function isAtWork(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}

const stateOf = async (id: string) => {
  const answer = await fetch(`${fleet.url}/flow_runs/${id}`);
  return (await answer.json()) as { state_type: string; state_name: string; run_count: number };
};

async function statesOf(id: string): Promise<string[]> {
  const answer = await fetch(`${fleet.url}/flow_run_states/?flow_run_id=${id}`);
  return ((await answer.json()) as { name: string }[]).map(({ name }) => name);
}

/** When the server heard last that something looks after the run. */
function lastHeard(id: string): string {
  const database = new Database(join(fleet.sandbox.home, ".orch/orch.db"), { readonly: true });
  const row = database.query("select last_seen from heartbeat where flow_run_id = ?").get(id);
  database.close();
  return (row as { last_seen: string } | null)?.last_seen ?? "";
}

for (const how of ["timer", "engine", "task"]) {
  test(`R1: agent and engine stopped, another agent executes: the first ones write nothing more (${how})`, async () => {
    const { id, first, engine, child, ticks } = await begin(how, { retries: 1 });
    for (const pid of [first.pid, -engine]) signal(pid, "SIGSTOP");
    const second = await startAgent();
    const [, other] = await second.until(/begun (\d+)/);
    const before = ticks().get(engine);
    for (const pid of [first.pid, -engine]) signal(pid, "SIGCONT");
    await fleet.eventually(60, () => !isAtWork(engine) && !isAtWork(child));
    await first.until(/is no longer (yours|this agent's)/);
    // One tick may have been under way when it went on.
    expect((ticks().get(engine) ?? 0) - (before ?? 0)).toBeLessThanOrEqual(how === "engine" ? 0 : 2);
    await second.until(/finished in state Completed/);
    expect((await statesOf(id)).filter((name) => name === "Completed")).toHaveLength(1);
    expect(await stateOf(id)).toMatchObject({ state_type: "COMPLETED", run_count: 2 });
    expect(ticks().get(Number(other))).toBe(60);
    expect(first.output()).not.toContain("Crash detected!");
    expect(first.output()).not.toContain("could not be");
  }, 120_000);
}

describe("R1: without retries", () => {
  test("the code of a run that was taken for lost does not go on", async () => {
    const { id, first, engine, child, ticks } = await begin("timer", {});
    for (const pid of [first.pid, -engine]) signal(pid, "SIGSTOP");
    await fleet.eventually(60, async () => (await stateOf(id)).state_type === "CRASHED");
    const before = ticks().get(engine) ?? 0;
    for (const pid of [first.pid, -engine]) signal(pid, "SIGCONT");
    await fleet.eventually(60, () => !isAtWork(engine) && !isAtWork(child));
    expect((ticks().get(engine) ?? 0) - before).toBeLessThanOrEqual(2);
    expect((await stateOf(id)).state_type).toBe("CRASHED");
    // The agent is at work again.
    const { body } = await fleet.post("/deployments/filter", {});
    const [deployment] = body as { id: string }[];
    await fleet.post(`/deployments/${deployment?.id}/create_flow_run`, { state: { type: "SCHEDULED" } });
    await first.until(/finished in state Completed/);
  }, 120_000);
  for (const who of ["agent", "engine"] as const) {
    test(`a run whose ${who} alone is stopped is not lost`, async () => {
      const { id, first, engine } = await begin("timer", {}, 120);
      const pid = who === "agent" ? first.pid : engine;
      signal(pid, "SIGSTOP");
      // Twice the lost-run time: the other one speaks for the run.
      const enough = new Date(Date.now() + 3_000).toISOString();
      await fleet.eventually(60, () => lastHeard(id) > enough);
      signal(pid, "SIGCONT");
      await first.until(/finished in state Completed/);
      expect(await statesOf(id)).toEqual(["Scheduled", "Pending", "Running", "Completed"]);
    }, 120_000);
  }
});

test("R1: an engine that was stopped when its agent was killed ends when it goes on", async () => {
  const { id, first, engine, child, ticks } = await begin("timer", { retries: 1 });
  signal(-engine, "SIGSTOP");
  await first.stop("SIGKILL");
  const second = await startAgent();
  await second.until(/begun (\d+)/);
  const before = ticks().get(engine) ?? 0;
  signal(-engine, "SIGCONT");
  await fleet.eventually(60, () => !isAtWork(engine) && !isAtWork(child));
  expect((ticks().get(engine) ?? 0) - before).toBeLessThanOrEqual(4);
  await second.until(/finished in state Completed/);
  expect((await statesOf(id)).filter((name) => name === "Crashed")).toHaveLength(1); // when it was lost
}, 120_000);

test("R1: a flow that is called by hand, stopped for too long, ends when it goes on", async () => {
  await fleet.startServer(ENV);
  const ledger = join(fleet.sandbox.home, "ledger");
  await fleet.deploy(work(ledger));
  const running = fleet.sandbox.start(["flow", "run", "flows/work.ts:work"], { ...ENV, ORCH_API_URL: fleet.url });
  await running.until(/begun (\d+)/);
  const [{ id } = { id: "" }] = await fleet.runs();
  // It has spoken once.
  await fleet.eventually(60, () => lastHeard(id) !== "");
  signal(running.pid, "SIGSTOP");
  await fleet.eventually(60, async () => (await stateOf(id)).state_type === "CRASHED");
  const before = readFileSync(ledger, "utf8").split("\n").length;
  signal(running.pid, "SIGCONT");
  expect(await running.exited).not.toBe(0);
  expect(running.output()).toContain("is no longer yours: it was taken from this execution. It is Crashed now.");
  expect(readFileSync(ledger, "utf8").split("\n").length - before).toBeLessThanOrEqual(2);
  expect(await statesOf(id)).toEqual(["Pending", "Running", "Crashed"]);
}, 120_000);

test("R1: a closed laptop with everything on it: nothing is lost when it goes on", async () => {
  const server = await fleet.startServer(ENV);
  const { id, first, engine } = await begin("timer", {}, 60, false);
  const all = [server.pid, first.pid, -engine];
  for (const pid of all) signal(pid, "SIGSTOP");
  await Bun.sleep(3_000); // the time is what is tested
  for (const pid of all) signal(pid, "SIGCONT");
  await first.until(/finished in state Completed/);
  expect(await statesOf(id)).toEqual(["Scheduled", "Pending", "Running", "Completed"]);
}, 120_000);

test("R1: a server that is away when they go on is waited for, and the run is theirs still", async () => {
  const server = await fleet.startServer(ENV);
  const { id, first, engine } = await begin("engine", {}, 40, false);
  for (const pid of [first.pid, -engine]) signal(pid, "SIGSTOP");
  await server.stop("SIGKILL");
  await Bun.sleep(2_000); // the time is what is tested
  for (const pid of [first.pid, -engine]) signal(pid, "SIGCONT");
  await first.until(/Lost the server/);
  await fleet.startServer(ENV);
  await first.until(/finished in state Completed/);
  expect(await statesOf(id)).toEqual(["Scheduled", "Pending", "Running", "Completed"]);
}, 120_000);

test("R1: a program that is no engine of orch is ended by its agent, with what it has started", async () => {
  await fleet.startServer(ENV);
  const ledger = join(fleet.sandbox.home, "ledger");
  await fleet.deploy(work(ledger, { retries: 1 }));
  const script = `echo begun $$; trap 'echo asked >> ${ledger}' TERM; while :; do echo $$ >> ${ledger}; sleep 0.05; done`;
  const override = `command=${JSON.stringify(["sh", "-c", script])}`;
  const args = ["deployment", "build", "-n", "other", "-q", "test", "-a", "flows/work.ts:work", "--override", override];
  const built = await fleet.sandbox.orch(args, { env: { ORCH_API_URL: fleet.url } });
  expect(built.code).toBe(0);
  const first = await startAgent();
  const [deployment] = (await fleet.post("/deployments/filter", { deployments: { name: { any_: ["other"] } } }))
    .body as { id: string }[];
  const { id }: { id: string } = (await fleet.post(`/deployments/${deployment?.id}/create_flow_run`, {})).body;
  const [, program] = await first.until(/begun (\d+)/);
  await fleet.post(`/flow_runs/${id}/set_state`, { state: { type: "RUNNING" } });
  for (const pid of [first.pid, -Number(program)]) signal(pid, "SIGSTOP");
  await fleet.eventually(60, async () => (await stateOf(id)).state_type !== "RUNNING");
  for (const pid of [first.pid, -Number(program)]) signal(pid, "SIGCONT");
  await first.until(/is no longer this agent's\. Its process is ended\./);
  await fleet.eventually(60, () => !isAtWork(Number(program)));
  expect(readFileSync(ledger, "utf8")).not.toContain("asked");
}, 120_000);

test("R1: a flow that is tried again goes on in its own process, whatever other agents there are", async () => {
  await fleet.startServer(ENV);
  const ledger = join(fleet.sandbox.home, "ledger");
  const deployment = await fleet.deploy(`import { appendFileSync } from "node:fs";
import { flow, runContext } from "orch";
export const work = flow(async function work() {
  appendFileSync(${JSON.stringify(ledger)}, process.pid + "\\n");
  if (runContext().flowRun.runCount < 3) throw new Error("again");
}, { retries: 2, retryDelaySeconds: 1 });`);
  const both = [await startAgent(), await startAgent()];
  const body = { state: { type: "SCHEDULED" } };
  const { id }: { id: string } = (await fleet.post(`/deployments/${deployment}/create_flow_run`, body)).body;
  await fleet.eventually(60, async () => (await stateOf(id)).state_type === "COMPLETED");
  const pids = readFileSync(ledger, "utf8").trim().split("\n");
  expect([pids.length, new Set(pids).size]).toEqual([3, 1]);
  expect(both.map((agent) => agent.output()).join("")).not.toContain("no longer");
}, 120_000);
