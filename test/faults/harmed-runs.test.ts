// R2: an agent and the processes of its runs behind a proxy that harms their calls to the server: each run executes once, each
// state, line, artifact and slot is there once. FAULT_EVERY=1 harms every call in every way (minutes); without it a sample is
// taken.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Running } from "../binary/sandbox.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { createFleet, seededRandom } from "./fleet.ts";
import { type Harm, harmByChance, harmEachCall, type Work } from "./harm.ts";
import { watchRows } from "./rows.ts";

const MOST = process.env["FAULT_EVERY"] ? Number.POSITIVE_INFINITY : 16;
const CLIENT_SECONDS = 1;

const fleet = createFleet();
const { sandbox } = fleet;
const executions = join(sandbox.home, "executions");
let harm: Harm;
let proxy: FaultProxy;
let agent: Running;
let deployment: string;

/** Each execution leaves a line with the id of its run: so one that runs twice is seen whatever the server knows. */
const FLOWS = `
import { createMarkdownArtifact, flow, getRunLogger, pauseFlowRun, runContext, runDeployment, sleep, task } from "orch";
import { appendFileSync } from "node:fs";
const executed = (what: string) => appendFileSync(${JSON.stringify(executions)}, what + "\\n");
let failed = false;
const often = task(async function often() {
  executed("often");
  if (!failed) { failed = true; throw new Error("once"); }
  return 1;
}, { retries: 1 });
const limited = task(async function limited(n: number) { executed("limited"); return n; }, { tags: ["one-slot"] });
const inner = flow(async function inner() { executed("inner"); return often(); });

export const work = flow(async function work({ kind = "all" }: { kind?: string }) {
  executed("work " + kind);
  const log = getRunLogger();
  if (kind === "tasks") {
    await Promise.all([limited.submit(1), limited.submit(2)]);
    await createMarkdownArtifact({ key: "report", markdown: "done" });
    await inner();
  }
  if (kind === "lines") for (let line = 0; line < 2000; line += 1) log.info("line " + line);
  if (kind === "killed") {
    for (let line = 0; line < 500; line += 1) log.info("line " + line);
    await sleep(0.2); // a batch is under way
    for (let line = 500; line < 1000; line += 1) log.info("line " + line);
    process.kill(process.pid, "SIGKILL");
  }
  if (kind === "pause") await pauseFlowRun({ timeout: 60 });
  if (kind === "cancel") { log.info("ready"); await sleep(60); }
  if (kind === "deployment") await runDeployment("work/work", { parameters: { kind: "none" }, pollInterval: 0.2 });
}, { retries: 0 });`;

beforeAll(async () => {
  await fleet.startServer();
  deployment = await fleet.deploy(FLOWS);
  await fleet.post("/concurrency_limits/", { tag: "one-slot", concurrency_limit: 1 });
  proxy = await startFaultProxy(fleet.url, { delayMs: 300, lateAnswerMs: CLIENT_SECONDS * 1_500 });
  const patience = { ORCH_API_URL: proxy.url, ORCH_API_REQUEST_TIMEOUT: String(CLIENT_SECONDS) };
  agent = sandbox.start(["agent", "start", "-q", "test"], patience);
  await agent.until(/Agent started!/);
  harm = { proxy, rows: watchRows(join(sandbox.home, ".orch/orch.db")), random: seededRandom() };
});
afterAll(async () => {
  harm.rows.close();
  await sandbox.close();
  await proxy.close();
});

interface Run {
  id: string;
  name: string;
  state_type: string;
  state_name: string;
}

async function read(id: string): Promise<Run> {
  return (await fetch(`${fleet.url}/flow_runs/${id}`)).json() as Promise<Run>;
}

/** Starts a run, past the proxy. */
async function start(kind: string): Promise<Run> {
  const body = { parameters: { kind }, state: { type: "SCHEDULED" } };
  return (await fleet.post(`/deployments/${deployment}/create_flow_run`, body)).body;
}

/** Its process has ended, and the agent has looked after it. Names come again: so only what follows its start counts. */
async function ended({ id, name }: Run, state: string): Promise<void> {
  await fleet.eventually(60, () => {
    const { 1: output = "" } = agent.output().split(`(${id})`);
    return output.includes(`'${name}' finished in state`);
  });
  const run = await read(id);
  if (run.state_name !== state) throw new Error(`the run is ${run.state_name}, not ${state}`);
}

/** As often as its work was executed. */
function executionsOf(done: string[], before: number): void {
  const lines = readFileSync(executions, "utf8").split("\n").slice(0, -1).slice(before);
  expect(lines.toSorted()).toEqual(done.toSorted());
}

function executedSoFar(): number {
  try {
    return readFileSync(executions, "utf8").split("\n").length - 1;
  } catch {
    return 0; // no run yet
  }
}

async function orch(...args: string[]): Promise<string> {
  const env = { ORCH_API_URL: proxy.url, ORCH_API_REQUEST_TIMEOUT: String(CLIENT_SECONDS) };
  const { code, stdout, stderr } = await sandbox.orch(args, { env });
  if (code !== 0) throw new Error(`orch ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

const completed = (name: string, kind: string, executed: string[]): Work => ({
  name,
  async act() {
    const before = executedSoFar();
    await ended(await start(kind), "Completed");
    executionsOf([`work ${kind}`, ...executed], before);
  },
});

const WORKS: Work[] = [
  completed("a run with tasks, a retry, slots, a subflow and an artifact", "tasks", [
    ...["limited", "limited", "inner", "often", "often"],
  ]),
  completed("a run with 2,000 lines", "lines", []),
  completed("a run that asks for another one", "deployment", ["work none"]),
  {
    name: "a run whose process is killed while it sends its log",
    async act() {
      const before = executedSoFar();
      await ended(await start("killed"), "Crashed");
      executionsOf(["work killed"], before);
    },
  },
  {
    name: "a run that is paused and resumed",
    async act() {
      const before = executedSoFar();
      const run = await start("pause");
      await fleet.eventually(60, async () => (await read(run.id)).state_type === "PAUSED");
      await orch("flow-run", "resume", run.id);
      await ended(run, "Completed");
      executionsOf(["work pause"], before);
    },
  },
  {
    name: "a run that is cancelled",
    async act() {
      const before = executedSoFar();
      const run = await start("cancel");
      await fleet.eventually(60, () => executedSoFar() > before);
      await orch("flow-run", "cancel", run.id);
      await fleet.eventually(60, async () => (await read(run.id)).state_type === "CANCELLED");
      executionsOf(["work cancel"], before);
    },
  },
  {
    name: "deployment run --watch",
    async act() {
      const before = executedSoFar();
      const output = await orch("deployment", "run", "work/work", "--param", "kind=none", "--watch");
      expect(output).toContain("Completed");
      const [id = ""] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(output) ?? [];
      await ended(await read(id), "Completed");
      executionsOf(["work none"], before);
    },
  },
];

for (const work of WORKS) {
  test(`R2: ${work.name}: all is there once, whatever happens to a call`, async () => {
    const cases = await harmEachCall(harm, work, MOST);
    console.log(`${work.name}: ${cases} calls harmed, one at a time`);
    expect(cases).toBeGreaterThan(10);
  });

  test(`R2: ${work.name}: all is there once, though a quarter of all calls is harmed`, async () => {
    const calls = await harmByChance(harm, work);
    console.log(`${work.name}: ${calls} calls harmed`);
  });
}

test("R2: afterwards no slot is taken, and the database is whole", async () => {
  const limits = await fleet.post("/concurrency_limits/filter", {});
  expect(limits.body).toMatchObject([{ tag: "one-slot", active_slots: [] }]);
  expect(harm.rows.integrity()).toBe("ok");
});
