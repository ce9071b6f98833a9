// The Python processes that runs are forked from: when they are started, replaced, given up and ended.
import { afterEach, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "#lib/process/process-alive.ts";
import { eventually } from "../eventually.ts";
import { begin, canFork, closePlaces, job, longWaits, outcome, place, STUB } from "./warm-place.ts";

afterEach(closePlaces);

/** The pid of the parent that hangs while it loads, with this mark. */
async function loadingParent(mark: string): Promise<number> {
  const loading = () => (existsSync(mark) ? /^(\d+)\.$/.exec(readFileSync(mark, "utf8"))?.[1] : undefined);
  return Number(await eventually(loading, "the parent loads"));
}

describe.skipIf(!canFork)("python 17: a parent of forks", () => {
  test("is not waited for where it hangs, and the next run has another", async () => {
    const { clock, atOnce } = longWaits();
    const where = place({}, 600, clock);
    const { parent } = await outcome(where, "");
    process.kill(parent, "SIGSTOP");
    atOnce.add(60_000);
    expect((await outcome(where, "")).lines).toEqual(["cold: the fork did not answer in time"]);
    atOnce.clear();
    await eventually(() => !isAlive(parent), "the parent that hangs has ended");
    const { code, parent: next } = await outcome(where, "");
    expect([code, next === parent]).toEqual([0, false]);
  });

  test("is tried again some time after one was unable, however many runs came meanwhile", async () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-warm-"));
    const { clock, end } = longWaits();
    const where = place({ STUB: "breaks", STUB_MARK: join(folder, "mark") }, 600, clock);
    for (let run = 0; run < 2; run += 1) expect((await outcome(where, "")).code).toBe(5);
    writeFileSync(join(folder, "mark"), "");
    expect((await outcome(where, "")).code).toBe(5);
    end(600_000);
    expect((await outcome(where, "")).code).toBe(0);
    rmSync(folder, { recursive: true });
  });

  test("ends when nothing comes for the time that is set, also where its first run was given up while it loaded", async () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-warm-"));
    const mark = join(folder, "mark");
    const { clock, end } = longWaits();
    const where = place({ STUB: "hangs", STUB_MARK: mark }, 600, clock);
    const stop = new AbortController();
    const starting = where.start(job("").job, stop.signal);
    const parent = await loadingParent(mark);
    stop.abort();
    expect((await (await starting).exited).code).toBe(5);
    rmSync(mark); // it goes on
    await eventually(() => end(600_000), "the parent rests");
    await eventually(() => !isAlive(parent), "the parent has ended");
    rmSync(folder, { recursive: true });
  });

  test("is not waited for when it hangs and its agent stops", async () => {
    const where = place();
    const { parent } = await outcome(where, "");
    process.kill(parent, "SIGSTOP");
    await where.close();
    expect(isAlive(parent)).toBe(false);
  });

  test("is not waited for by a run that is given up, nor by an agent that stops, while it loads", async () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-warm-"));
    const mark = join(folder, "mark");
    const where = place({ STUB: "hangs", STUB_MARK: mark });
    const stop = new AbortController();
    const { job: whole, lines } = job("");
    const starting = where.start(whole, stop.signal);
    const parent = await loadingParent(mark);
    stop.abort();
    const { exited } = await starting;
    expect((await exited).code).toBe(5);
    expect(lines.all).toEqual(["cold: the run is no longer to be started"]);
    await where.close();
    expect(isAlive(parent)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test("ends when nothing ran for the time that is set", async () => {
    const { parent } = await outcome(place({}, 0.05), "");
    await eventually(() => !isAlive(parent), "the idle parent has ended");
  });

  test("is not started where each run changes a folder of modules, until some time has passed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-warm-"));
    cpSync(STUB, folder, { recursive: true });
    const { clock, end } = longWaits();
    const where = place({ PYTHONPATH: folder }, 600, clock);
    const outcomes: string[] = [];
    for (let run = 0; run < 5; run += 1) {
      const { code, lines } = await outcome(where, `os.utime('${folder}', (${run}, ${run}))`);
      outcomes.push(`${code} ${lines.join()}`);
    }
    const cold = "5 cold: its Python environment changes at each run";
    expect(outcomes).toEqual(["0 ", "0 ", "0 ", cold, cold]);
    end(600_000);
    for (let run = 0; run < 3; run += 1) expect((await outcome(where, "")).code).toBe(0);
    rmSync(folder, { recursive: true });
  });

  test("is replaced once a loaded file has changed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-warm-"));
    try {
      cpSync(STUB, folder, { recursive: true });
      const where = place({ PYTHONPATH: folder });
      const { parent } = await outcome(where, "");
      utimesSync(join(folder, "prefect", "engine.py"), 1, 1);
      const { parent: next, code } = await outcome(where, "");
      expect([code, next === parent]).toEqual([0, false]);
      await eventually(() => !isAlive(parent), "the old parent has ended");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("goes on for its forks when its agent takes no more runs, and ends after them", async () => {
    const where = place();
    const idle = await outcome(where, "");
    const go = join(mkdtempSync(join(tmpdir(), "orch-warm-")), "go");
    const run = await begin(where, `while not os.path.exists('${go}'): time.sleep(0.01)\nsys.exit(4)`);
    await where.close();
    expect([run.parent, isAlive(run.parent)]).toEqual([idle.parent, true]);
    writeFileSync(go, "");
    expect((await run.exited).code).toBe(4);
    await eventually(() => !isAlive(run.parent), "the parent has ended");
    rmSync(join(go, ".."), { recursive: true });
  });
});
