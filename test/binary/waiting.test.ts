// Runs that wait, on the compiled executable with a server and an agent: for somebody's word, and for a slot of a tag.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { eventually } from "../eventually.ts";
import { createFleet, type Fleet } from "../faults/fleet.ts";
import type { Running } from "./sandbox.ts";

let fleet: Fleet;
let agent: Running;
let deployment: string;

const FLOW = `import { flow, pauseFlowRun, task } from "orch";

const step = task(async function step(name: string) { console.log("step", name); return { name }; }, { persistResult: true });
const hold = task(async function hold() { console.log("holder", process.pid); await new Promise(() => setInterval(() => {}, 1000)); }, { tags: ["db"] });
const quick = task(async function quick() { console.log("quick ran"); }, { tags: ["db"] });

export const work = flow(async function work(way: string) {
  if (way === "hold") return void (await hold());
  if (way === "quick") return void (await quick());
  await step("before");
  console.log("pausing");
  await pauseFlowRun({ reschedule: way === "leave", timeout: 600 });
  await step("after");
  console.log("went on");
});
`;

beforeEach(async () => {
  fleet = createFleet();
  await fleet.startServer();
  deployment = await fleet.deploy(FLOW);
  agent = await fleet.startAgent();
});
afterEach(() => fleet.sandbox.close());

interface Run {
  id: string;
  state_type: string;
  run_count: number;
}

async function start(way: string): Promise<string> {
  const body = { state: { type: "SCHEDULED" }, parameters: { way } };
  const created: Run = (await fleet.post(`/deployments/${deployment}/create_flow_run`, body)).body;
  return created.id;
}

async function inState(id: string, type: string): Promise<Run> {
  return eventually(
    async () => {
      const run = (await (await fetch(`${fleet.url}/flow_runs/${id}`)).json()) as Run; // the API's own shape
      return run.state_type === type && run;
    },
    () => `the run ${id} is ${type}: ${agent.output()}`,
  );
}

test("a run that waits in its process goes on in the moment it is resumed", async () => {
  const id = await start("stay");
  await agent.until(/pausing/);
  await inState(id, "PAUSED");
  const before = performance.now();
  await fleet.post(`/flow_runs/${id}/resume`, {});
  await agent.until(/went on/);
  // It looks every ten seconds where nobody tells it.
  expect(performance.now() - before).toBeLessThan(5_000);
  expect((await inState(id, "COMPLETED")).run_count).toBe(2);
});

test("a run whose process ended with the pause is started again by the agent, and repeats nothing", async () => {
  const id = await start("leave");
  await agent.until(/pausing/);
  await inState(id, "PAUSED");
  await fleet.post(`/flow_runs/${id}/resume`, {});
  await agent.until(/went on/);
  expect((await inState(id, "COMPLETED")).run_count).toBe(1);
  expect(agent.output().match(/step \w+/g)).toEqual(["step before", "step after"]);
});

test("the slot of a task whose process was killed is free at once for the run that waits for it", async () => {
  await fleet.post("/concurrency_limits/", { tag: "db", concurrency_limit: 1 });
  const holder = await start("hold");
  const [, pid = ""] = await agent.until(/holder (\d+)/);
  const waiting = await start("quick");
  await inState(waiting, "RUNNING");
  expect(agent.output()).not.toContain("quick ran");
  process.kill(Number(pid), "SIGKILL");
  await inState(holder, "CRASHED");
  await agent.until(/quick ran/);
  await inState(waiting, "COMPLETED");
});
