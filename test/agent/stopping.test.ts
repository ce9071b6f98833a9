// The end of an agent: asked once it waits for its runs, asked twice it ends them; none is left running.
import { afterEach, describe, expect, test } from "bun:test";
import { type Bundle, makeDueRun, meanwhile, put, readRun, setup } from "./setup.ts";

const open: Bundle[] = [];
afterEach(async () => {
  for (const { agent, app, clock } of open.splice(0)) {
    await meanwhile(clock, agent.abort(), 1);
    await app.close();
  }
});

/** An agent with so many running runs. */
async function startWith(count: number) {
  const bundle = setup();
  open.push(bundle);
  const running = bundle.agent.run();
  const runs = [];
  for (let n = 0; n < count; n += 1) runs.push(await makeDueRun(bundle.app));
  const jobs = await bundle.place.started(count);
  for (const { id } of runs) await put(bundle.app, id, { type: "RUNNING" });
  return { ...bundle, running, runs, jobs };
}

const stateOf = async ({ app }: Bundle, id: string) => (await readRun(app, id)).state;

describe("drain", () => {
  test("ends an idle agent at once, without a word", async () => {
    const { agent, running, lines } = await startWith(0);
    agent.drain();
    await running;
    expect(lines.all.filter((line) => !line.includes("Created work queue"))).toEqual([]);
  });

  test("says which runs it waits for, and waits for them", async () => {
    const { agent, app, running, runs, jobs, lines } = await startWith(2);
    agent.drain();
    agent.drain();
    const said = lines.all.filter((line) => line.includes("Waiting for"));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("Waiting for 2 flow run(s) to finish: ");
    for (const run of runs) expect(said[0]).toContain(`'${run.name}'`);
    for (const [index, run] of runs.entries()) {
      expect(await Promise.race([running.then(() => "over"), Promise.resolve("waiting")])).toBe("waiting");
      await put(app, run.id, { type: "COMPLETED" });
      jobs[index]?.exit(0);
    }
    await running;
  });

  test("takes no new run", async () => {
    const bundle = await startWith(1);
    bundle.agent.drain();
    const late = await makeDueRun(bundle.app);
    bundle.jobs[0]?.exit(1);
    await bundle.running;
    expect((await stateOf(bundle, late.id))?.type).toBe("SCHEDULED");
    expect(bundle.place.jobs).toHaveLength(1);
  });

  test("takes none of a crowd that waits for its turn to start", async () => {
    const bundle = setup();
    open.push(bundle);
    const runs = [];
    for (let n = 0; n < 10; n += 1) runs.push(await makeDueRun(bundle.app));
    const running = bundle.agent.run();
    await bundle.place.started(8);
    bundle.agent.drain();
    for (const job of bundle.place.jobs) job.exit(1);
    await running;
    const states = await Promise.all(runs.map(async (run) => (await stateOf(bundle, run.id))?.type));
    expect(states.toSorted()).toEqual([...Array(8).fill("CRASHED"), "SCHEDULED", "SCHEDULED"]);
  });

  test("gives back no run that it has claimed already", async () => {
    const bundle = setup();
    open.push(bundle);
    bundle.line.tamper = ({ path }, answer) => {
      if (path.endsWith("/set_state")) bundle.agent.drain();
      return answer;
    };
    const running = bundle.agent.run();
    const run = await makeDueRun(bundle.app);
    const [job] = await bundle.place.started(1);
    expect(job?.run.id).toBe(run.id);
    job?.exit(1);
    await running;
    expect((await stateOf(bundle, run.id))?.type).toBe("CRASHED");
  });
});

describe("abort", () => {
  const STOPPED = "The agent that looked after this flow run was stopped.";

  test("ends every run's process and reports each", async () => {
    const bundle = await startWith(3);
    await bundle.agent.abort();
    await bundle.running;
    expect(bundle.jobs.map((job) => job.killed)).toEqual([true, true, true]);
    for (const { id } of bundle.runs) {
      expect(await stateOf(bundle, id)).toMatchObject({ type: "CRASHED", message: STOPPED });
    }
    expect(bundle.lines.all.join("\n")).toContain("Stopping 3 flow run(s) now.");
  });

  test("leaves a run as it has reported itself", async () => {
    const bundle = await startWith(1);
    bundle.place.onKill = (job) => {
      const report = put(bundle.app, job?.run.id ?? "", { type: "CRASHED", message: "By a signal." });
      void report.then(() => job?.exit(143));
      return "killed";
    };
    await bundle.agent.abort();
    expect(await stateOf(bundle, bundle.runs[0]?.id ?? "")).toMatchObject({ type: "CRASHED", message: "By a signal." });
  });

  test("after drain, and twice, is fine", async () => {
    const bundle = await startWith(1);
    bundle.agent.drain();
    await Promise.all([bundle.agent.abort(), bundle.agent.abort()]);
    await bundle.running;
    expect(bundle.lines.all.filter((line) => line.includes("Stopping"))).toHaveLength(1);
  });

  test("reaches a run that is claimed but has no process yet", async () => {
    const bundle = setup();
    open.push(bundle);
    bundle.line.tamper = ({ path }, answer) => {
      if (path.endsWith("/set_state")) void bundle.agent.abort();
      return answer;
    };
    const running = bundle.agent.run();
    const run = await makeDueRun(bundle.app);
    await running;
    expect(bundle.place.jobs).toEqual([]);
    expect(await stateOf(bundle, run.id)).toMatchObject({ type: "CRASHED", message: STOPPED });
  });

  test("reaches a run whose process is being started", async () => {
    const bundle = setup();
    open.push(bundle);
    bundle.place.onStart = () => void bundle.agent.abort();
    const running = bundle.agent.run();
    await makeDueRun(bundle.app);
    await running;
    expect(bundle.place.jobs.map((job) => job.killed)).toEqual([true]);
  });

  test("takes seconds at most when the server is away, and says what could not be reported", async () => {
    const bundle = await startWith(1);
    bundle.line.cut = true;
    const before = bundle.clock.now();
    await meanwhile(bundle.clock, bundle.agent.abort(), 0.5);
    await bundle.running;
    expect(bundle.clock.now() - before).toBeWithin(5_000, 8_000);
    expect(bundle.jobs[0]?.killed).toBe(true);
    await bundle.lines.until(/The end of flow run '.*' could not be reported: the server did not answer in time\./);
  });

  test("takes seconds at most when a process does not end", async () => {
    const bundle = await startWith(1);
    bundle.place.onKill = () => "killed";
    const before = bundle.clock.now();
    await meanwhile(bundle.clock, bundle.agent.abort(), 0.5);
    await bundle.running;
    expect(bundle.clock.now() - before).toBeWithin(5_000, 8_000);
  });

  test("of an agent that never ran is nothing", async () => {
    const bundle = setup();
    await bundle.agent.abort();
    expect(bundle.lines.all).toEqual([]);
    await bundle.app.close();
  });
});
