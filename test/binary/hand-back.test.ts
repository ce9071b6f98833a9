// C7 on the compiled executable: agents that are ended while they hold runs which are not due for minutes.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createFleet, type Fleet } from "../faults/fleet.ts";
import type { Running } from "./sandbox.ts";

let fleet: Fleet;
beforeEach(() => {
  fleet = createFleet();
});
afterEach(() => fleet.sandbox.close());

const FLOW = `import { flow } from "orch"; export const work = flow(async function work() {});`;
/** So that an agent takes the run at once, and its time is far. */
const EARLY = ["--prefetch-seconds", "3600"];
const IN_MINUTES = () => new Date(Date.now() + 20 * 60_000).toISOString();

interface Held {
  id: string;
  state_type: string;
  state_name: string;
  infrastructure_pid: string | null;
  next_scheduled_start_time: string | null;
}

async function theRun(): Promise<Held> {
  const [run] = (await fleet.runs()) as unknown as Held[]; // the only one
  if (!run) throw new Error("there is no run");
  return run;
}

/** A run that is due in twenty minutes, whose process is there. */
async function holding(start: () => Promise<Running>, pool?: string): Promise<{ holder: Running; before: Held }> {
  await fleet.startServer();
  let deployment = await fleet.deploy(FLOW);
  if (pool !== undefined) {
    await fleet.post("/work_pools/", { name: pool, type: "process" });
    const args = ["deployment", "build", "-n", "pooled", "-p", pool, "-a", "flows/work.ts:work"];
    const { stdout } = await fleet.sandbox.orch(args, { env: { ORCH_API_URL: fleet.url } });
    deployment = /with id '([0-9a-f-]{36})'/.exec(stdout)?.[1] ?? "";
  }
  const state = { type: "SCHEDULED", state_details: { scheduled_time: IN_MINUTES() } };
  await fleet.post(`/deployments/${deployment}/create_flow_run`, { state });
  const before = await theRun();
  const holder = await start();
  await fleet.eventually(60, async () => (await theRun()).infrastructure_pid !== null);
  return { holder, before };
}

/** It waits for its time as before, and another agent takes it. */
async function expectHandedBack(before: Held): Promise<void> {
  const now = await fleet.eventually(60, async () => {
    const run = await theRun();
    return run.state_type === "SCHEDULED" && run;
  });
  expect(now).toMatchObject({
    ...{ state_name: "Scheduled", infrastructure_pid: null },
    next_scheduled_start_time: before.next_scheduled_start_time,
  });
  const other = await fleet.startAgent({}, ...EARLY);
  await fleet.eventually(60, async () => (await theRun()).state_type === "PENDING");
  expect(await other.stop("SIGTERM")).toBe(0);
  expect((await theRun()).state_type).toBe("SCHEDULED");
}

test("C7: SIGTERM to an agent hands its runs back that are not due, and it stops at once", async () => {
  const { holder, before } = await holding(() => fleet.startAgent({}, ...EARLY));
  expect(await holder.stop("SIGTERM")).toBe(0);
  expect(holder.output()).toContain("Handed back 1 flow run(s) that had not begun");
  expect(holder.output()).toContain("Agent stopped!");
  await expectHandedBack(before);
}, 120_000);

test("C7: SIGTERM to a worker does the same", async () => {
  const { holder } = await holding(async () => {
    const worker = fleet.sandbox.start(["worker", "start", "-p", "w", ...EARLY], { ORCH_API_URL: fleet.url });
    await worker.until(/started!/);
    return worker;
  }, "w");
  expect(await holder.stop("SIGTERM")).toBe(0);
  expect(holder.output()).toContain("Handed back 1 flow run(s) that had not begun");
  expect((await theRun()).state_type).toBe("SCHEDULED");
}, 120_000);

test("C7: an agent that holds such runs is killed: their processes hand them back", async () => {
  const { holder, before } = await holding(() => fleet.startAgent({}, ...EARLY));
  await holder.stop("SIGKILL");
  await expectHandedBack(before);
}, 120_000);

test("C7: SIGTERM to the agent and the processes of its runs, as systemd sends it, loses nothing", async () => {
  const { holder, before } = await holding(() => fleet.startAgent({}, ...EARLY));
  const pid = Number((await theRun()).infrastructure_pid?.split(":").at(-1));
  process.kill(pid, "SIGTERM");
  expect(await holder.stop("SIGTERM")).toBe(0);
  await expectHandedBack(before);
}, 120_000);

test("a schedule that is paused skips what an agent has claimed of it, and a stopped agent revives nothing", async () => {
  await fleet.startServer();
  await fleet.deploy(FLOW, { interval: 600 });
  const holder = await fleet.startAgent({}, ...EARLY);
  const held = async () => ((await fleet.runs()) as unknown as Held[]).filter((run) => run.infrastructure_pid !== null);
  await fleet.eventually(40, async () => (await held()).length >= 3);
  const { stdout, code } = await fleet.sandbox.orch(["deployment", "pause-schedule", "work/work"], {
    env: { ORCH_API_URL: fleet.url },
  });
  expect([code, stdout]).toEqual([0, expect.stringContaining("Paused")]);
  const expectSkipped = async () => {
    for (const { state_name } of (await fleet.runs()) as unknown as Held[]) expect(state_name).toBe("Skipped");
  };
  await expectSkipped();
  const pids = (await held()).map((run) => Number(run.infrastructure_pid?.split(":").at(-1)));
  await fleet.eventually(40, () => !pids.some(isAlive));
  expect(await holder.stop("SIGTERM")).toBe(0);
  await expectSkipped();
  expect(holder.output()).not.toMatch(/rror|Handed back|exited with/);
}, 120_000);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("C7: SIGTERM while the server is gone: the agent ends in 20 seconds, with a second one sooner", async () => {
  const server = await fleet.startServer();
  const deployment = await fleet.deploy(FLOW);
  const state = { type: "SCHEDULED", state_details: { scheduled_time: IN_MINUTES() } };
  for (let n = 0; n < 2; n += 1) await fleet.post(`/deployments/${deployment}/create_flow_run`, { state });
  const agents = [
    await fleet.startAgent({}, ...EARLY, "--limit", "1"),
    await fleet.startAgent({}, ...EARLY, "--limit", "1"),
  ];
  await fleet.eventually(60, async () => {
    const runs = (await fleet.runs()) as unknown as Held[];
    return runs.every((run) => run.infrastructure_pid !== null);
  });
  await server.stop("SIGKILL");
  const [patient, hurried] = agents as [Running, Running];
  const began = performance.now();
  const ended = async (agent: Running) => {
    const code = await agent.exited;
    return [code, performance.now() - began] as const;
  };
  const both = Promise.all([ended(patient), ended(hurried)]);
  process.kill(patient.pid, "SIGTERM");
  process.kill(hurried.pid, "SIGTERM");
  process.kill(hurried.pid, "SIGINT"); // two of the same kind may arrive as one
  const [[code, took], [, tookHurried]] = await both;
  expect(code).toBe(0);
  expect(took).toBeLessThan(25_000);
  expect(tookHurried).toBeLessThan(12_000);
  expect(patient.output()).toContain("1 flow run(s) that had not begun could not be handed back");
}, 120_000);
