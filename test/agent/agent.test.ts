// Finding work and taking it: what is due, of which queues, by whom, and how many at a time.
import { afterEach, describe, expect, test } from "bun:test";
import type { AgentOptions } from "#agent/agent.ts";
import { OrchError } from "#lib/errors.ts";
import { createPoolQueue, createWorkPool } from "#wire/pools/work-pools.ts";
import { createWorkQueue, readWorkQueueByName } from "#wire/pools/work-queues.ts";
import { deleteFlowRun } from "#wire/runs/flow-runs.ts";
import { type Bundle, history, makeDueRun, meanwhile, put, readRun, setup } from "./setup.ts";

const open: Bundle[] = [];
afterEach(async () => {
  for (const { agent, app } of open.splice(0)) {
    await agent.abort();
    await app.close();
  }
});

function start(options: Partial<AgentOptions> = {}): Bundle & { running: Promise<void> } {
  const bundle = setup(options);
  open.push(bundle);
  const running = bundle.agent.run();
  running.catch(() => {}); // for the tests that look at it
  return { ...bundle, running };
}

/** A process that does its work at once. */
function completing({ app, place }: Pick<Bundle, "app" | "place">): void {
  place.onStart = (job) => {
    const work = async () => {
      await put(app, job.run.id, { type: "RUNNING" });
      await put(app, job.run.id, { type: "COMPLETED" });
      job.exit(0);
    };
    void work();
  };
}

describe("a due run", () => {
  test("is claimed, started and noted where it executes", async () => {
    const { app, place, lines } = start();
    const run = await makeDueRun(app);
    const [job] = await place.started(1);
    expect(job).toMatchObject({ run: { id: run.id, name: run.name }, type: "process", attempt: expect.any(String) });
    const claimed = await readRun(app, run.id);
    expect(claimed.state).toMatchObject({ type: "PENDING", message: expect.stringMatching(/^Claimed by agent /) });
    await put(app, run.id, { type: "RUNNING" });
    await put(app, run.id, { type: "COMPLETED" });
    job?.exit(0);
    await lines.until(/finished in state Completed/);
    expect(await readRun(app, run.id)).toMatchObject({ infrastructure_pid: job?.pid, state_name: "Completed" });
    expect(lines.all.map((line) => line.replace(/^[\d:.]{12} /, ""))).toEqual([
      "| INFO    | agent - Created work queue 'test'.",
      `| INFO    | agent - Submitting flow run '${run.name}' (${run.id})`,
      `| INFO    | agent - Flow run '${run.name}' finished in state Completed`,
    ]);
  });

  test("that was there before the agent is taken too", async () => {
    const bundle = setup();
    open.push(bundle);
    const run = await makeDueRun(bundle.app);
    void bundle.agent.run();
    expect((await bundle.place.started(1))[0]?.run.id).toBe(run.id);
  });

  test("is started before its time, as far as the agent looks ahead", async () => {
    const { app, clock, place } = start({ prefetchSeconds: 10 });
    const [soon, later] = [await makeDueRun(app, { inSeconds: 9 }), await makeDueRun(app, { inSeconds: 60 })];
    expect((await place.started(1)).map((job) => job.run.id)).toEqual([soon.id]);
    const before = clock.now();
    await meanwhile(clock, place.started(2), 1);
    expect(place.jobs[1]?.run.id).toBe(later.id);
    expect(clock.now() - before).toBeWithin(49_000, 53_000);
  });

  test("of another queue is left alone", async () => {
    const { app, place } = start();
    const other = await makeDueRun(app, { work_queue_name: "other" });
    await makeDueRun(app);
    await place.started(1);
    expect((await readRun(app, other.id)).state_type).toBe("SCHEDULED");
  });

  test("that is deleted before it is claimed stops nobody", async () => {
    const { app, clock, line, place, lines } = start();
    let deleted = 0;
    line.tamper = ({ path }, answer) => {
      const [found]: { flow_run: { id: string } }[] = path.includes("get_scheduled") ? JSON.parse(answer.text) : [];
      // The claim is queued behind it.
      if (found && deleted++ === 0) void app.call(deleteFlowRun, { params: { id: found.flow_run.id } });
      return answer;
    };
    await makeDueRun(app);
    const second = await makeDueRun(app);
    expect((await meanwhile(clock, place.started(1)))[0]?.run.id).toBe(second.id);
    expect(deleted).toBeGreaterThan(0);
    expect(lines.all.join()).not.toContain("could not be claimed");
  });
});

describe("queues", () => {
  test("that are missing are made", async () => {
    const { app, place } = start({ queues: ["one", "two"] });
    await makeDueRun(app, { work_queue_name: "two" });
    await place.started(1);
    for (const name of ["one", "two"]) await app.call(readWorkQueueByName, { params: { name } });
  });

  test("of a pool: all of them, also those made later", async () => {
    const bundle = setup({ queues: [], pool: "big" });
    open.push(bundle);
    await bundle.app.call(createWorkPool, { body: { name: "big", type: "prefect-agent" } });
    void bundle.agent.run();
    await bundle.app.call(createPoolQueue, { params: { work_pool_name: "big" }, body: { name: "later" } });
    for (const [index, work_queue_name] of ["default", "later"].entries()) {
      const run = await makeDueRun(bundle.app, { work_pool_name: "big", work_queue_name });
      expect((await bundle.place.started(index + 1))[index]?.run.id).toBe(run.id);
    }
  });

  test("of a pool by name leave the pool's other queues alone", async () => {
    const bundle = setup({ queues: ["mine"], pool: "big" });
    open.push(bundle);
    await bundle.app.call(createWorkPool, { body: { name: "big", type: "prefect-agent" } });
    const other = await makeDueRun(bundle.app, { work_pool_name: "big", work_queue_name: "default" });
    void bundle.agent.run();
    await makeDueRun(bundle.app, { work_pool_name: "big", work_queue_name: "mine" });
    await bundle.place.started(1);
    expect((await readRun(bundle.app, other.id)).state_type).toBe("SCHEDULED");
  });

  test("that are deleted while the agent works are made again, with the runs that waited there", async () => {
    const { app, clock, place, lines } = start();
    await lines.until(/Created work queue/);
    const { id } = await app.call(readWorkQueueByName, { params: { name: "test" } });
    await app.send("DELETE", `/work_queues/${id}`);
    await meanwhile(clock, lines.until(/Created work queue/));
    const run = await makeDueRun(app);
    expect((await meanwhile(clock, place.started(1)))[0]?.run.id).toBe(run.id);
  });

  test("that are paused are said to be, and give nothing", async () => {
    const bundle = setup();
    open.push(bundle);
    const { id } = await bundle.app.call(createWorkQueue, { body: { name: "test", is_paused: true } });
    const run = await makeDueRun(bundle.app);
    void bundle.agent.run();
    await bundle.lines.until(/Work queue 'test' is paused/);
    await meanwhile(bundle.clock, bundle.clock.sleep(30_000), 1);
    expect(bundle.place.jobs).toEqual([]);
    await bundle.app.send("PATCH", `/work_queues/${id}`, { is_paused: false });
    expect((await bundle.place.started(1))[0]?.run.id).toBe(run.id);
  });

  test("of a paused pool give nothing", async () => {
    const bundle = setup({ queues: [], pool: "big" });
    open.push(bundle);
    await bundle.app.call(createWorkPool, { body: { name: "big", is_paused: true } });
    await makeDueRun(bundle.app, { work_pool_name: "big", work_queue_name: "a" });
    void bundle.agent.run();
    await bundle.lines.until(/Work pool 'big' is paused/);
    await meanwhile(bundle.clock, bundle.clock.sleep(30_000), 1);
    expect(bundle.place.jobs).toEqual([]);
    await bundle.app.send("PATCH", "/work_pools/big", { is_paused: false });
    await bundle.place.started(1);
  });

  test("of the default pool, which is made when it is first needed", async () => {
    const { app, lines, place } = start({ queues: [], pool: "default-agent-pool" });
    await lines.until(/Created work queue 'default'/);
    const run = await makeDueRun(app, { work_queue_name: "later" });
    expect((await place.started(1))[0]?.run.id).toBe(run.id);
  });

  test("of a pool that is not there end the agent with a sentence", async () => {
    const { running } = start({ queues: [], pool: "none" });
    await expect(running).rejects.toThrow(/Work pool .none. not found/);
  });
});

describe("queues by the beginning of their names", () => {
  test("are those that are there and those made later, in any pool", async () => {
    const bundle = start({ queues: [], prefixes: ["dev-"] });
    const other = await makeDueRun(bundle.app, { work_queue_name: "prod" });
    await bundle.app.call(createWorkPool, { body: { name: "big" } });
    const places = [{ work_queue_name: "dev-a" }, { work_queue_name: "dev-b", work_pool_name: "big" }];
    for (const [index, place] of places.entries()) {
      const run = await makeDueRun(bundle.app, place);
      expect((await bundle.place.started(index + 1))[index]?.run.id).toBe(run.id);
    }
    expect((await readRun(bundle.app, other.id)).state_type).toBe("SCHEDULED");
    expect(bundle.lines.all.join()).not.toContain("Created work queue");
  });

  test("with a pool are the pool's", async () => {
    const bundle = setup({ queues: [], prefixes: ["dev-"], pool: "big" });
    open.push(bundle);
    await bundle.app.call(createWorkPool, { body: { name: "big" } });
    const elsewhere = await makeDueRun(bundle.app, { work_queue_name: "dev-a" });
    void bundle.agent.run();
    const run = await makeDueRun(bundle.app, { work_queue_name: "dev-a", work_pool_name: "big" });
    expect((await bundle.place.started(1))[0]?.run.id).toBe(run.id);
    expect((await readRun(bundle.app, elsewhere.id)).state_type).toBe("SCHEDULED");
  });

  test("of a pool that is not there end the agent with a sentence", async () => {
    const { running } = start({ queues: [], prefixes: ["dev-"], pool: "none" });
    await expect(running).rejects.toThrow("Work pool 'none' not found. Make it with 'orch work-pool create none'.");
  });
});

describe("limits of queues and pools", () => {
  /** Lets the agents take what they get, until `count` runs execute; then time passes, and nothing more starts. */
  async function settled({ clock, place }: Bundle, count: number) {
    await meanwhile(clock, place.started(count));
    await meanwhile(clock, clock.sleep(30_000), 1);
    expect(place.jobs).toHaveLength(count);
  }

  test("hold for each queue, and for the pool over all of them", async () => {
    const bundle = setup({ queues: [], pool: "big" });
    open.push(bundle);
    const { app, place } = bundle;
    await app.call(createWorkPool, { body: { name: "big", concurrency_limit: 4 } });
    for (const [name, concurrency_limit] of [
      ["a", 1],
      ["b", 2],
      ["c", null],
    ] as const) {
      const params = { work_pool_name: "big" };
      await app.call(createPoolQueue, { params, body: { name, concurrency_limit } });
      for (let n = 0; n < 4; n += 1) await makeDueRun(app, { work_pool_name: "big", work_queue_name: name });
    }
    void bundle.agent.run();
    await settled(bundle, 4);
    const queues = await Promise.all(place.jobs.map(async (job) => (await readRun(app, job.run.id)).work_queue_name));
    expect(queues.toSorted()).toEqual(["a", "b", "b", "c"]);
    place.jobs[queues.indexOf("a")]?.exit(1);
    await settled(bundle, 5);
    expect((await readRun(app, place.jobs[4]?.run.id ?? "")).work_queue_name).toBe("a");
  });

  test("leave room by priority: the runs of the first queue go first", async () => {
    const bundle = setup({ queues: [], pool: "big" });
    open.push(bundle);
    const { app, place } = bundle;
    await app.call(createWorkPool, { body: { name: "big", concurrency_limit: 2 } });
    for (const [name, priority] of [
      ["slow", 3],
      ["urgent", 1],
    ] as const) {
      await app.call(createPoolQueue, { params: { work_pool_name: "big" }, body: { name, priority } });
    }
    for (const work_queue_name of ["slow", "slow", "urgent", "urgent", "urgent"]) {
      await makeDueRun(app, { work_pool_name: "big", work_queue_name });
    }
    completing(bundle);
    void bundle.agent.run();
    await meanwhile(bundle.clock, place.started(5));
    const order = await Promise.all(place.jobs.map(async (job) => (await readRun(app, job.run.id)).work_queue_name));
    expect(order).toEqual(["urgent", "urgent", "urgent", "slow", "slow"]);
  });
});

describe("two agents", () => {
  test("share 100 runs, and each run is one agent's", async () => {
    const first = start();
    const second = first.another();
    for (const bundle of [first, second]) completing(bundle);
    const runs = [];
    for (let n = 0; n < 100; n += 1) runs.push(await makeDueRun(first.app));
    void second.agent.run();
    const all = new Promise<void>((resolve) => {
      first.app.app.context.events.subscribe(() => {
        if (first.place.jobs.length + second.place.jobs.length >= 100) resolve();
      });
    });
    await meanwhile(first.clock, all);
    second.agent.drain();
    const ids = [...first.place.jobs, ...second.place.jobs].map((job) => job.run.id);
    expect(ids.toSorted()).toEqual(runs.map((run) => run.id).toSorted());
    await meanwhile(first.clock, second.agent.abort());
  });
});

describe("a limit", () => {
  test("there is none by default: runs beyond what one answer can hold are taken too", async () => {
    const { app, clock, place } = start();
    const { deployment_id } = await makeDueRun(app);
    const body = { state: { type: "SCHEDULED" } };
    for (let n = 0; n < 210; n += 1) await app.send("POST", `/deployments/${deployment_id}/create_flow_run`, body);
    await meanwhile(clock, place.started(211));
    await makeDueRun(app);
    await meanwhile(clock, place.started(212));
  });

  test("is never exceeded, and is used again when a run ends", async () => {
    const { app, clock, place } = start({ limit: 2 });
    for (let n = 0; n < 5; n += 1) await makeDueRun(app);
    for (let ended = 0; ended < 3; ended += 1) {
      await meanwhile(clock, place.started(2 + ended));
      expect(place.jobs).toHaveLength(2 + ended);
      place.jobs[ended]?.exit(1);
    }
    await meanwhile(clock, place.started(5));
  });
});

describe("run once", () => {
  test("takes what is due, waits for it and ends", async () => {
    const bundle = setup();
    open.push(bundle);
    completing(bundle);
    const due = [await makeDueRun(bundle.app), await makeDueRun(bundle.app, { inSeconds: 10 })];
    const later = await makeDueRun(bundle.app, { inSeconds: 16 });
    const before = bundle.clock.now();
    await bundle.agent.run({ once: true });
    expect(bundle.clock.now()).toBe(before);
    for (const { id } of due) expect((await readRun(bundle.app, id)).state_type).toBe("COMPLETED");
    expect((await readRun(bundle.app, later.id)).state_type).toBe("SCHEDULED");
  });

  test("ends at once when nothing is due", async () => {
    const bundle = setup();
    open.push(bundle);
    await bundle.agent.run({ once: true });
    expect(bundle.place.jobs).toEqual([]);
  });

  test("with a limit takes everything, a few at a time", async () => {
    const bundle = setup({ limit: 1 });
    open.push(bundle);
    completing(bundle);
    for (let n = 0; n < 3; n += 1) await makeDueRun(bundle.app);
    await bundle.agent.run({ once: true });
    expect(bundle.place.jobs).toHaveLength(3);
  });

  test("says that no server is there", async () => {
    const bundle = setup();
    open.push(bundle);
    bundle.line.cut = true;
    const before = bundle.clock.now();
    const running = meanwhile(bundle.clock, bundle.agent.run({ once: true }));
    await expect(running).rejects.toThrow("No server is answering.");
    expect(bundle.clock.now() - before).toBeLessThan(2_000);
  });

  test("waits for a server that is started together with it", async () => {
    const bundle = setup();
    open.push(bundle);
    completing(bundle);
    const run = await makeDueRun(bundle.app);
    bundle.line.cut = true;
    const running = bundle.agent.run({ once: true });
    bundle.clock.advance(1);
    bundle.line.cut = false;
    await meanwhile(bundle.clock, running);
    expect((await readRun(bundle.app, run.id)).state_type).toBe("COMPLETED");
  });
});

describe("a run that retries in its own process", () => {
  test("is not taken a second time while its process is watched", async () => {
    const { app, clock, place } = start();
    const run = await makeDueRun(app);
    await place.started(1);
    await put(app, run.id, { type: "RUNNING" });
    const scheduled_time = new Date(clock.now()).toISOString();
    await put(app, run.id, { type: "SCHEDULED", name: "AwaitingRetry", state_details: { scheduled_time } }, true);
    await meanwhile(clock, clock.sleep(1_000));
    const other = await makeDueRun(app);
    await meanwhile(clock, place.started(2));
    expect(place.jobs[1]?.run.id).toBe(other.id);
    expect((await readRun(app, run.id)).state_name).toBe("AwaitingRetry");
  });

  test("is taken when its process is gone", async () => {
    const { app, clock, place } = start();
    const run = await makeDueRun(app);
    const [job] = await place.started(1);
    await put(app, run.id, { type: "RUNNING" });
    const scheduled_time = new Date(clock.now()).toISOString();
    await put(app, run.id, { type: "SCHEDULED", name: "AwaitingRetry", state_details: { scheduled_time } }, true);
    job?.exit(0);
    await meanwhile(clock, place.started(2));
    expect(place.jobs[1]?.run.id).toBe(run.id);
    expect(await history(app, run.id)).toEqual(["Scheduled", "Pending", "Running", "AwaitingRetry", "Pending"]);
  });
});

describe("a server that refuses", () => {
  test("the agent itself ends it", async () => {
    const { line, app, running } = start();
    line.tamper = () => {
      throw new OrchError("unauthorized", "The key is wrong.");
    };
    await makeDueRun(app);
    await expect(running).rejects.toThrow("The key is wrong.");
  });

  test("with a defect of its own is asked again, but not forever", async () => {
    const { line, app, clock, running } = start();
    let refusals = 0;
    line.tamper = ({ path }, answer) => {
      if (!path.includes("get_scheduled")) return answer;
      refusals += 1;
      throw new OrchError("internal", "Internal Server Error");
    };
    await makeDueRun(app);
    await expect(meanwhile(clock, running)).rejects.toThrow("Internal Server Error");
    expect(refusals).toBe(3);
  });
});
