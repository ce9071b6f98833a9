// C7: runs that an agent has claimed and that have not begun go back when the agent stops, as they were before.
import { afterEach, describe, expect, test } from "bun:test";
import { OrchError } from "#lib/errors.ts";
import { nextTurn } from "#lib/yield.ts";
import { createLostRuns } from "#server/loops/lost-runs.ts";
import { makeDeployment } from "../factory.ts";
import { type Bundle, history, makeDueRun, meanwhile, put, QUEUE, readRun, setup } from "./setup.ts";

const open: Bundle[] = [];
afterEach(async () => {
  for (const { agent, app, clock } of open.splice(0)) {
    await meanwhile(clock, agent.abort(), 1);
    await app.close();
  }
});

/** An agent that holds a run which is due in ten seconds. */
async function holding(options: Parameters<typeof setup>[0] = {}, inSeconds = 10) {
  const bundle = setup(options);
  open.push(bundle);
  const running = bundle.agent.run();
  const run = await makeDueRun(bundle.app, { inSeconds });
  const [job] = await bundle.place.started(1);
  if (!job) throw new Error("the run was not claimed");
  expect(await history(bundle.app, run.id)).toEqual(["Scheduled", "Pending"]);
  return { ...bundle, running, run, job };
}

describe("C7: drain", () => {
  for (const [who, options] of [
    ["an agent", {}],
    ["a worker", { pool: "p", queues: [], worker: { name: "w", type: "process" } }],
  ] as const) {
    test(`${who} hands a run back that is not due yet, and stops without waiting for its time`, async () => {
      const bundle = setup(options);
      open.push(bundle);
      if (who === "a worker") await bundle.app.send("POST", "/work_pools/", { name: "p", type: "process" });
      const running = bundle.agent.run();
      const deployment = who === "a worker" ? { work_pool_name: "p", work_queue_name: null } : {};
      const run = await makeDueRun(bundle.app, { inSeconds: 10, ...deployment });
      const [job] = await bundle.place.started(1);
      const before = bundle.clock.now();
      bundle.agent.drain();
      await running;
      expect(bundle.clock.now() - before).toBeLessThan(1000);
      expect(job?.killed).toBe(true);
      const now = await readRun(bundle.app, run.id);
      expect(now.state).toMatchObject({
        ...{ type: "SCHEDULED", name: "Scheduled", message: run.state?.message ?? null },
        state_details: { scheduled_time: run.state?.state_details.scheduled_time ?? "" },
      });
      const { next_scheduled_start_time, expected_start_time } = run;
      expect(now).toMatchObject({
        next_scheduled_start_time,
        expected_start_time,
        infrastructure_pid: null,
        run_count: 0,
      });
      expect(bundle.lines.all.join("\n")).toContain(`Handed back 1 flow run(s) that had not begun: '${run.name}'`);
      expect(bundle.lines.all.join("\n")).not.toMatch(/Waiting for|Its process is ended|could not/);
    });
  }

  test("another agent takes it, and it runs once", async () => {
    const bundle = await holding();
    bundle.agent.drain();
    await bundle.running;
    const other = bundle.another();
    void other.agent.run();
    const [job] = await meanwhile(bundle.clock, other.place.started(1));
    expect(job?.run.id).toBe(bundle.run.id);
    expect(await history(bundle.app, bundle.run.id)).toEqual(["Scheduled", "Pending", "Scheduled", "Pending"]);
    await meanwhile(bundle.clock, other.agent.abort(), 1);
  });

  test("a run that is under way is waited for, beside one that is handed back", async () => {
    const bundle = await holding();
    const due = await makeDueRun(bundle.app);
    const [, second] = await bundle.place.started(2);
    await put(bundle.app, due.id, { type: "RUNNING" });
    bundle.agent.drain();
    await bundle.lines.until(/Handed back 1/);
    expect(bundle.lines.all.join("\n")).toContain(`Waiting for 1 flow run(s) to finish: '${due.name}'`);
    await put(bundle.app, due.id, { type: "COMPLETED" });
    second?.exit(0);
    await bundle.running;
    expect((await readRun(bundle.app, due.id)).state_type).toBe("COMPLETED");
  });

  test("a run that begins at the same moment is not handed back, but waited for", async () => {
    const bundle = await holding();
    await put(bundle.app, bundle.run.id, { type: "RUNNING" }, true);
    bundle.agent.drain();
    await bundle.lines.until(/Waiting for 1 flow run\(s\) to finish/);
    expect(bundle.job.killed).toBe(false);
    await put(bundle.app, bundle.run.id, { type: "COMPLETED" });
    bundle.job.exit(0);
    await bundle.running;
    expect((await readRun(bundle.app, bundle.run.id)).state_type).toBe("COMPLETED");
  });

  test("a name of a state that is not the usual one comes back too", async () => {
    const bundle = setup();
    open.push(bundle);
    const run = await makeDueRun(bundle.app, { inSeconds: 3600 });
    const scheduled_time = new Date(bundle.clock.now() + 10_000).toISOString();
    await put(
      bundle.app,
      run.id,
      { type: "SCHEDULED", name: "AwaitingRetry", message: "again", state_details: { scheduled_time } },
      true,
    );
    const running = bundle.agent.run();
    await bundle.place.started(1);
    bundle.agent.drain();
    await running;
    expect((await readRun(bundle.app, run.id)).state).toMatchObject({ name: "AwaitingRetry", message: "again" });
  });

  test("a claim whose answer comes after the signal is handed back as well", async () => {
    const bundle = setup();
    open.push(bundle);
    bundle.line.tamper = ({ path }, answer) => {
      if (path.endsWith("/set_state")) bundle.agent.drain();
      return answer;
    };
    const running = bundle.agent.run();
    const run = await makeDueRun(bundle.app, { inSeconds: 10 });
    await running;
    expect((await readRun(bundle.app, run.id)).state_type).toBe("SCHEDULED");
  });

  test("a run that waits for the machine is handed back, although it is due", async () => {
    const bundle = setup();
    open.push(bundle);
    bundle.place.onStart = () => {
      throw new OrchError("unavailable", "No memory is left.");
    };
    const running = bundle.agent.run();
    const run = await makeDueRun(bundle.app);
    await bundle.lines.until(/Runs wait until they can be started/);
    bundle.agent.drain();
    await meanwhile(bundle.clock, running);
    expect((await readRun(bundle.app, run.id)).state_type).toBe("SCHEDULED");
  });
});

describe("C7: a server that does not answer", () => {
  for (const [inSeconds, least, most] of [
    [10, 8.9, 9.5],
    [1000, 19.9, 20.5],
  ] as const) {
    test(`a run that is due in ${inSeconds} s is left to it in time, and the agent stops`, async () => {
      const bundle = await holding({ prefetchSeconds: 3600 }, inSeconds);
      const { app, clock, line, agent, running, run, job, lines } = bundle;
      const loop = createLostRuns(app.app.context);
      line.cut = true;
      const before = clock.elapsed();
      agent.drain();
      await meanwhile(clock, running);
      const took = (clock.elapsed() - before) / 1000;
      expect(took).toBeGreaterThan(least);
      expect(took).toBeLessThan(most);
      expect(job.killed).toBe(true);
      expect(lines.all.join("\n")).toContain(
        `1 flow run(s) that had not begun could not be handed back: '${run.name}'; the server does not answer. It finds them`,
      );
      expect(lines.all.join("\n")).not.toMatch(
        /Waiting for \d|Its process is ended|could not be (?:noted|completed|reported)/,
      );
      for (let passed = 0; passed < 75; passed += 5) {
        clock.advance(5);
        await loop.runOnce();
      }
      await loop.stop();
      expect(await history(app, run.id)).toEqual(["Scheduled", "Pending", "Scheduled"]);
    });
  }

  test("a second signal ends the agent within seconds", async () => {
    const { clock, line, agent, running, job, lines } = await holding({ prefetchSeconds: 3600 }, 1000);
    line.cut = true;
    agent.drain();
    clock.advance(1);
    const before = clock.elapsed();
    void agent.abort();
    await meanwhile(clock, running);
    expect(clock.elapsed() - before).toBeLessThan(8000);
    expect(job.killed).toBe(true);
    while (!lines.all.some((line) => line.includes("could not be reported"))) await nextTurn();
    expect(lines.all.join("\n")).not.toMatch(/Waiting for \d/);
  });

  test("a run whose time is near is left to begin, and waited for", async () => {
    const { app, clock, line, agent, running, run, job, lines } = await holding({}, 2);
    line.cut = true;
    agent.drain();
    await meanwhile(clock, lines.until(/Waiting for 1 flow run\(s\) to finish/));
    expect(job.killed).toBe(false);
    line.cut = false;
    await put(app, run.id, { type: "RUNNING" });
    await put(app, run.id, { type: "COMPLETED" });
    job.exit(0);
    await meanwhile(clock, running);
    expect((await readRun(app, run.id)).state_type).toBe("COMPLETED");
  });

  test("one that answers in time gets all runs back", async () => {
    const { app, clock, line, agent, running, run, lines } = await holding();
    line.cut = true;
    agent.drain();
    clock.advance(5);
    line.cut = false;
    await meanwhile(clock, running);
    expect((await readRun(app, run.id)).state_type).toBe("SCHEDULED");
    expect(lines.all.join("\n")).toContain("Handed back 1 flow run(s)");
  });
});

describe("a schedule that is paused while an agent holds a run of it", () => {
  async function pausedWhileHeld() {
    const bundle = setup();
    open.push(bundle);
    const { app, clock } = bundle;
    const anchor_date = new Date(clock.now() + 10_000).toISOString();
    const deployment = await makeDeployment(app, {
      work_queue_name: QUEUE,
      schedule: { interval: 86_400, anchor_date, timezone: "UTC" },
    });
    await app.send("POST", `/deployments/${deployment.id}/schedule`, { max_runs: 1 });
    const running = bundle.agent.run();
    const [job] = await bundle.place.started(1);
    if (!job) throw new Error("the run was not claimed");
    while ((await readRun(app, job.run.id)).infrastructure_pid === null) await nextTurn();
    await app.send("POST", `/deployments/${deployment.id}/set_schedule_inactive`);
    return { ...bundle, running, job };
  }

  test("a stopped agent does not wait for it, and does not hand it back", async () => {
    const { app, agent, clock, running, job, lines } = await pausedWhileHeld();
    const before = clock.now();
    agent.drain();
    await running;
    expect(clock.now() - before).toBeLessThan(1000);
    expect(job.killed).toBe(true);
    expect(await history(app, job.run.id)).toEqual(["Scheduled", "Pending", "Skipped"]);
    expect(lines.all.join("\n")).toContain("is no longer this agent's. Its process is ended.");
    expect(lines.all.join("\n")).not.toMatch(/Handed back|Waiting for|could not/);
  });

  test("an agent that goes on ends its process, and takes other work", async () => {
    const { app, clock, job, lines, place } = await pausedWhileHeld();
    await meanwhile(clock, lines.until(/is no longer this agent's/));
    expect(job.killed).toBe(true);
    expect(await history(app, job.run.id)).toEqual(["Scheduled", "Pending", "Skipped"]);
    await makeDueRun(app);
    await meanwhile(clock, place.started(2));
  });
});

test("C7: an agent that has to end now hands back what is not due, instead of reporting it as crashed", async () => {
  const bundle = await holding();
  await meanwhile(bundle.clock, bundle.agent.abort(), 0.5);
  await bundle.running;
  expect(await history(bundle.app, bundle.run.id)).toEqual(["Scheduled", "Pending", "Scheduled"]);
});

test("C7: a call that comes twice, or from another agent, gives nothing back", async () => {
  const { app, run, job } = await holding();
  const back = async (token: string): Promise<unknown> =>
    (await app.send("POST", "/orch/hand_back", { attempts: { [run.id]: token } })).body;
  expect(await back("another")).toEqual({ handed_back: [], no_longer_yours: [run.id] });
  expect(await back(job.attempt ?? "")).toEqual({ handed_back: [run.id], no_longer_yours: [] });
  expect(await back(job.attempt ?? "")).toEqual({ handed_back: [], no_longer_yours: [run.id] });
  expect(await history(app, run.id)).toEqual(["Scheduled", "Pending", "Scheduled"]);
});

test("C7: an agent and a process that are killed before the time of their run lose nothing: it waits again", async () => {
  const bundle = await holding();
  const loop = createLostRuns(bundle.app.app.context);
  bundle.line.cut = true; // neither is heard again
  for (let passed = 0; passed < 75; passed += 5) {
    bundle.clock.advance(5);
    await loop.runOnce();
  }
  await loop.stop();
  expect(await history(bundle.app, bundle.run.id)).toEqual(["Scheduled", "Pending", "Scheduled"]);
});
