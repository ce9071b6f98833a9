// Runs that somebody cancels: their processes are ended, then they are Cancelled, once.
import { afterEach, expect, test } from "bun:test";
import { createWorkQueue } from "#wire/pools/work-queues.ts";
import { updateFlowRun } from "#wire/runs/flow-runs.ts";
import { type Bundle, history, makeDueRun, meanwhile, put, readRun, setup } from "./setup.ts";

const open: Bundle[] = [];
afterEach(async () => {
  for (const { agent, app, clock } of open.splice(0)) {
    await meanwhile(clock, agent.abort(), 1);
    await app.close();
  }
});

function start() {
  const bundle = setup();
  open.push(bundle);
  void bundle.agent.run();
  return bundle;
}

/** A run that executes in the agent's care and is being cancelled. */
async function cancelling(bundle: Bundle) {
  const run = await makeDueRun(bundle.app);
  const [job] = await bundle.place.started(1);
  await put(bundle.app, run.id, { type: "RUNNING" });
  await put(bundle.app, run.id, { type: "CANCELLING", message: "By hand." });
  return { run, job };
}

/** A run that was started by somebody else: the agent knows it by name only. */
async function foreign({ app }: Bundle, pid: string | null, work_queue_name = "test", infra_overrides = {}) {
  const run = await makeDueRun(app, { work_queue_name, infra_overrides, inSeconds: 3600 });
  if (pid) await app.call(updateFlowRun, { params: { id: run.id }, body: { infrastructure_pid: pid } });
  await put(app, run.id, { type: "CANCELLING", message: "By hand." }, true);
  return run;
}

test("a run in care is ended and Cancelled, once, with the message of who asked", async () => {
  const bundle = start();
  const { run, job } = await cancelling(bundle);
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
  expect(job?.killed).toBe(true);
  expect((await readRun(bundle.app, run.id)).state).toMatchObject({ type: "CANCELLED", message: "By hand." });
  expect(await history(bundle.app, run.id)).toEqual(["Scheduled", "Pending", "Running", "Cancelling", "Cancelled"]);
});

test("a run whose process the server does not know yet is ended all the same", async () => {
  const bundle = start();
  bundle.line.blocks = ({ method }) => method === "PATCH";
  const { run, job } = await cancelling(bundle);
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
  expect(job?.killed).toBe(true);
  expect((await readRun(bundle.app, run.id)).state).toMatchObject({ type: "CANCELLED", message: "By hand." });
  bundle.line.blocks = () => false;
});

test("a run whose start takes long is Cancelled before it was started", async () => {
  const bundle = setup();
  open.push(bundle);
  bundle.place.ready = (giveUp) =>
    new Promise((_, reject) => giveUp.addEventListener("abort", () => reject(new Error("The start was given up."))));
  void bundle.agent.run();
  const run = await makeDueRun(bundle.app);
  await bundle.lines.until(/Submitting/);
  await put(bundle.app, run.id, { type: "CANCELLING", message: "By hand." });
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
  expect(await history(bundle.app, run.id)).toEqual(["Scheduled", "Pending", "Cancelling", "Cancelled"]);
  expect((await readRun(bundle.app, run.id)).state?.message).toBe("By hand.");
  expect(bundle.place.jobs).toEqual([]);
});

test("a process that is gone before its end is seen leaves its run Cancelled once", async () => {
  const bundle = start();
  bundle.place.onKill = async (job) => {
    job?.exit(-15);
    await bundle.clock.sleep(1_000);
    return "killed" as const;
  };
  const { run } = await cancelling(bundle);
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 0.1);
  expect((await readRun(bundle.app, run.id)).state?.message).toBe("By hand.");
  expect(await history(bundle.app, run.id)).toEqual(["Scheduled", "Pending", "Running", "Cancelling", "Cancelled"]);
});

test("a process that ends by itself while its run is being cancelled leaves the run Cancelled", async () => {
  const bundle = start();
  const { run, job } = await cancelling(bundle);
  job?.exit(0);
  await meanwhile(bundle.clock, bundle.clock.sleep(10_000), 1);
  expect(await history(bundle.app, run.id)).toEqual(["Scheduled", "Pending", "Running", "Cancelling", "Cancelled"]);
});

test("a run that another agent has seen to meanwhile is Cancelled once", async () => {
  const bundle = start();
  const run = await foreign(bundle, "here:99");
  bundle.place.onKill = async () => {
    await put(bundle.app, run.id, { type: "CANCELLED", message: "By the other." });
    return "not-found" as const;
  };
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
  expect(await history(bundle.app, run.id)).toEqual(["Scheduled", "Cancelling", "Cancelled"]);
  expect((await readRun(bundle.app, run.id)).state?.message).toBe("By the other.");
});

test("a run without a known process is Cancelled, and says that its process may go on", async () => {
  const bundle = start();
  const run = await foreign(bundle, null);
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
  expect((await readRun(bundle.app, run.id)).state).toMatchObject({
    type: "CANCELLED",
    message: expect.stringContaining("it is not known where it executes"),
  });
});

test("a process that is gone counts as ended", async () => {
  const bundle = start();
  const run = await foreign(bundle, "here:99");
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
  expect((await readRun(bundle.app, run.id)).state).toMatchObject({ type: "CANCELLED", message: "By hand." });
});

test("a run on another machine is left for an agent there, and that is said once", async () => {
  const bundle = start();
  bundle.place.onKill = () => "not-ours";
  const run = await foreign(bundle, "there:99");
  await meanwhile(bundle.clock, bundle.lines.until(/executes at there:99/), 1);
  await meanwhile(bundle.clock, bundle.clock.sleep(30_000), 1);
  expect(bundle.lines.all.filter((line) => line.includes("there:99"))).toHaveLength(1);
  expect((await readRun(bundle.app, run.id)).state_type).toBe("CANCELLING");
});

test("what ends a run of another agent may ask for the fields of its block", async () => {
  const bundle = start();
  const blocks: unknown[] = [];
  bundle.place.kill = async ({ block }) => {
    blocks.push(await block?.());
    return "killed";
  };
  const run = await foreign(bundle, "there:99", "test", { "env.X": "1" });
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
  expect(blocks).toEqual([expect.objectContaining({ env: { X: "1" } })]);
  expect((await readRun(bundle.app, run.id)).state_type).toBe("CANCELLED");
});

test("a run is ended in the moment somebody asks for it, without any time passing", async () => {
  const bundle = start();
  const { run } = await cancelling(bundle);
  const before = bundle.clock.now();
  await bundle.lines.until(/Cancelled flow run/);
  expect(bundle.clock.now()).toBe(before);
  expect((await readRun(bundle.app, run.id)).state_type).toBe("CANCELLED");
});

test("of two agents the one that looks after the run ends it; the other does not cut its grace short", async () => {
  const bundle = start();
  const run = await makeDueRun(bundle.app);
  const [job] = await bundle.place.started(1);
  await put(bundle.app, run.id, { type: "RUNNING" });
  const other = bundle.another();
  let tries = 0;
  other.place.onKill = () => {
    tries += 1;
    return "killed";
  };
  bundle.place.onKill = async () => {
    await bundle.clock.sleep(30_000); // it takes all of its grace
    job?.exit(-9);
    return "killed" as const;
  };
  void other.agent.run();
  await put(bundle.app, run.id, { type: "CANCELLING" });
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
  await meanwhile(bundle.clock, bundle.clock.sleep(60_000), 1);
  expect(tries).toBe(0);
  expect(await history(bundle.app, run.id)).toEqual(["Scheduled", "Pending", "Running", "Cancelling", "Cancelled"]);
  await meanwhile(bundle.clock, other.agent.abort(), 1);
});

test("an agent that waits for its last run still cancels it, and so does one that is full", async () => {
  const bundle = setup({ limit: 1 });
  open.push(bundle);
  const running = bundle.agent.run();
  await cancelling(bundle);
  bundle.agent.drain();
  await bundle.lines.until(/Cancelled flow run/);
  await running;
});

test("runs that a legacy queue took by their tags are this agent's business", async () => {
  const bundle = setup({ queues: ["Agent queue a"] });
  open.push(bundle);
  await bundle.app.call(createWorkQueue, { body: { name: "Agent queue a", filter: { tags: ["a"] } } });
  void bundle.agent.run();
  const run = await makeDueRun(bundle.app, { work_queue_name: "other", tags: ["a"] });
  await bundle.place.started(1);
  await put(bundle.app, run.id, { type: "CANCELLING" });
  await bundle.lines.until(/Cancelled flow run/);
});

test("so are those of queues by the beginning of their names", async () => {
  const bundle = setup({ queues: [], prefixes: ["te"] });
  open.push(bundle);
  void bundle.agent.run();
  await foreign(bundle, null);
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
});

test("a run of another queue is not this agent's business", async () => {
  const bundle = start();
  const run = await foreign(bundle, null, "other");
  await meanwhile(bundle.clock, bundle.clock.sleep(30_000), 1);
  expect((await readRun(bundle.app, run.id)).state_type).toBe("CANCELLING");
});

test("one that fails is said and tried again", async () => {
  const bundle = start();
  let tries = 0;
  bundle.place.onKill = () => {
    tries += 1;
    if (tries === 1) throw new Error("no permission");
    return "killed";
  };
  const run = await foreign(bundle, "here:99");
  await meanwhile(bundle.clock, bundle.lines.until(/could not be cancelled: no permission/), 1);
  await meanwhile(bundle.clock, bundle.lines.until(/Cancelled flow run/), 1);
  expect((await readRun(bundle.app, run.id)).state_type).toBe("CANCELLED");
});
