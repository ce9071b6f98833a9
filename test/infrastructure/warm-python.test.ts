// Runs that are forked from a Python process with Prefect loaded. A small package stands in for Prefect, and a script for the
// engine of a run; test/compat/warm.test.ts has the real ones.
import { afterEach, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openDescriptors } from "#infrastructure/descriptors.ts";
import type { Infrastructure, Job } from "#infrastructure/infrastructure.ts";
import { createProcessInfrastructure } from "#infrastructure/process.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { isAlive } from "#lib/process/alive.ts";
import { pythonHere } from "../binary/python-here.ts";
import { eventually } from "../eventually.ts";
import { never } from "./contract.ts";
import { lineRecorder } from "./line-recorder.ts";

const RUN = "0191e5a0-0000-7000-8000-00000000000a";
const STUB = resolve("test/fixtures/python/warm-stub");
const python = pythonHere();
const canFork = process.platform === "linux" && python !== undefined;

/** What each run prints first: its pid and that of its parent. */
const HELLO = "import os, sys, time; print('I am', os.getpid(), 'of', os.getppid(), flush=True)\n";

/** The words of runpy, which runs a module that is loaded: one line or two. */
const NOT_OF_RUN = /^I am|RuntimeWarning: 'prefect.engine' found|^ +warn\(RuntimeWarning/;

const open: Infrastructure[] = [];
afterEach(async () => {
  for (const place of open.splice(0)) await place.close();
});

interface LongWaits {
  clock: Clock;
  /** Ends those of this length that wait now. False when there is none. */
  end(millis: number): boolean;
  /** Those of these lengths end at once. */
  atOnce: Set<number>;
}

function longWaits(): LongWaits {
  const waiting = new Map<number, Set<() => void>>();
  const atOnce = new Set<number>();
  const sleep: Clock["sleep"] = (millis, signal, keepsAlive) => {
    if (millis < 60_000) return systemClock.sleep(millis, signal, keepsAlive);
    if (atOnce.has(millis) || signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const those = waiting.get(millis) ?? new Set();
    waiting.set(millis, those.add(resolve));
    signal?.addEventListener("abort", () => {
      those.delete(resolve);
      resolve();
    });
    return promise;
  };
  const end = (millis: number) => {
    const those = [...(waiting.get(millis) ?? [])];
    waiting.delete(millis);
    for (const resolve of those) resolve();
    return those.length > 0;
  };
  return { clock: { ...systemClock, sleep }, end, atOnce };
}

function place(machine: Record<string, string> = {}, warmPythonSeconds = 600, clock = systemClock): Infrastructure {
  const made = createProcessInfrastructure({
    engineCommand: [process.execPath, resolve("test/infrastructure/warm-engine.ts")],
    machine: { PATH: process.env["PATH"], STUB_PYTHON: python ?? "", PYTHONPATH: STUB, ...machine },
    ...{ settings: {}, logHome: null, clock, warmPythonSeconds },
  });
  open.push(made);
  return made;
}

function job(script: string, env: Record<string, string> = {}, fields: Record<string, unknown> = {}) {
  const lines = lineRecorder();
  const deployment = { name: "x", updated: "", entrypoint: "flows/a.py:work", flowName: async () => "work" };
  const block = { env: { SCRIPT: `${HELLO}${script}`, ...env }, ...fields };
  const whole: Job = { run: { id: RUN, name: "calm-crow" }, deployment, type: "process", block, output: lines.add };
  return { lines, job: whole };
}

async function begin(where: Infrastructure, script: string, env?: Record<string, string>) {
  const { lines, job: whole } = job(script, env);
  const started = await where.start(whole, never());
  const [, pid, parent] = await lines.until(/I am (\d+) of (\d+)/);
  return { ...started, lines, id: Number(pid), parent: Number(parent) };
}

/** Runs it to its end. */
async function outcome(
  where: Infrastructure,
  script: string,
  env?: Record<string, string>,
  fields?: Record<string, unknown>,
) {
  const { lines, job: whole } = job(script, env, fields);
  const { pid, exited } = await where.start(whole, never());
  const { code } = await exited;
  const [, own, parent] = /I am (\d+) of (\d+)/.exec(lines.all.join("\n")) ?? [];
  const rest = lines.all.filter((line) => !NOT_OF_RUN.test(line));
  return { pid, code, lines: rest, id: Number(own), parent: Number(parent) };
}

/** The pid of the parent that hangs while it loads, with this mark. */
async function loadingParent(mark: string): Promise<number> {
  const loading = () => (existsSync(mark) ? /^(\d+)\.$/.exec(readFileSync(mark, "utf8"))?.[1] : undefined);
  return Number(await eventually(loading, "the parent loads"));
}

describe.skipIf(!canFork)("python 17: a fork of a loaded Python", () => {
  test("executes the run: its own process each time, of one parent", async () => {
    const where = place();
    const first = await outcome(where, "print('out'); print('err', file=sys.stderr)");
    const second = await outcome(where, "");
    expect(first).toMatchObject({ code: 0, pid: expect.stringMatching(new RegExp(`:${first.id}$`)) });
    expect(first.lines.toSorted()).toEqual(["err", "out"]);
    expect(second.parent).toBe(first.parent);
    expect(second.id).not.toBe(first.id);
    expect(first.parent).not.toBe(process.pid);
  });

  const ENDS: [script: string, code: number][] = [
    ["sys.exit(3)", 3],
    ["os._exit(7)", 7],
    ["os.kill(os.getpid(), 9)", -9],
    ["os.kill(os.getpid(), 15)", -15],
    ["raise ValueError('no')", 1],
  ];
  test("ends by exit codes and signals as a process of its own", async () => {
    const where = place();
    for (const [script, code] of ENDS) expect([script, (await outcome(where, script)).code]).toEqual([script, code]);
  });

  test("has its own folder, session and settings, and no descriptor of its parent", async () => {
    const script = `import prefect.context, prefect.logging.configuration as logging
print(os.path.basename(os.getcwd()).startswith('orch-run-'), os.getsid(0) == os.getpid(), sys.path[0] == os.getcwd())
print(prefect.context.get_settings_context().word, logging.PROCESS_LOGGING_CONFIG, 'load' in vars(sys.modules['__main__']))
print([name for name in os.listdir('/proc/self/fd') if int(name) > 2 and os.path.exists('/proc/self/fd/' + name)])`;
    const { lines } = await outcome(place(), script, { PREFECT_WORD: "mine" });
    expect(lines).toEqual(["True True True", "mine 1 False", "[]"]);
  });

  test("has nothing of another run's variables, and neither has the parent", async () => {
    const where = place();
    const look = "print([os.environ.get('SECRET'), os.popen('echo $SECRET').read().strip()])";
    const first = await outcome(where, look, { SECRET: "of-the-first" });
    const second = await outcome(where, look);
    expect(first.lines).toEqual(["['of-the-first', 'of-the-first']"]);
    expect(second.lines).toEqual(["[None, '']"]);
    expect(readFileSync(`/proc/${second.parent}/environ`, "latin1")).not.toContain("of-the-first");
  });

  test("logs to the file that its settings name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-warm-"));
    const log = join(folder, "log");
    try {
      const script = "import logging; opened = open('mine', 'w'); logging.warning('noted'); opened.close()";
      const { code, lines } = await outcome(place(), script, { PREFECT_LOG_FILE: log });
      expect([code, lines, readFileSync(log, "utf8")]).toEqual([0, [], "noted\n"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const COLD: [name: string, env: Record<string, string>][] = [
    ["TZ", { TZ: "Asia/Tokyo" }],
    ["HOME", { HOME: "/somewhere" }],
    ["PYTHONHASHSEED", { PYTHONHASHSEED: "1" }],
    ["LC_TIME", { LC_TIME: "C" }],
    ["LD_LIBRARY_PATH", { LD_LIBRARY_PATH: "/somewhere" }],
    ["READ_AT_IMPORT", { READ_AT_IMPORT: "1" }],
    ["PREFECT_EXTRA_ENTRYPOINTS", { PREFECT_EXTRA_ENTRYPOINTS: "mine" }],
  ];
  test("is not made with another value of a variable that counts at the start; any other may differ", async () => {
    const where = place();
    for (const [name, env] of COLD) {
      const { code, lines } = await outcome(where, "", env);
      expect([code, lines]).toEqual([5, [`cold: its variable ${name} differs from the agent's`]]);
    }
    expect((await outcome(where, "", { ALL_MINE: "1", PREFECT_X: "1", MINE: "1" })).code).toBe(0);
  });

  test("is of a new parent once a loaded file has changed", async () => {
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

  test("is not made where each run changes a folder of modules, until some time has passed", async () => {
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

  const UNABLE: [stub: string, why: string][] = [
    ["threads", "a package that is imported with Prefect has started a thread"],
    ["breaks", "Prefect could not be loaded: ValueError: not today"],
  ];
  for (const [stub, why] of UNABLE) {
    test(`is not made where loading ${stub}`, async () => {
      const { code, lines } = await outcome(place({ STUB: stub }), "");
      expect([code, lines]).toEqual([5, [`cold: ${why}`]]);
    });
  }

  test("is not made where the interpreter is a script that changes variables", async () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-warm-"));
    const script = (name: string, line: string) => {
      const path = join(folder, name);
      writeFileSync(path, `#!/bin/sh\n${line}\nexec '${python}' "$@"\n`, { mode: 0o755 });
      return path;
    };
    try {
      for (const line of ["export ADDED=1", "export PATH=/mine:$PATH", "unset STUB"]) {
        const name = /ADDED|PATH|STUB/.exec(line)?.[0];
        const { code, lines } = await outcome(place({ STUB_PYTHON: script(`${name}`, line), STUB: "given" }), "");
        const why = `this Python is started by a script that changes the variable ${name}`;
        expect([code, lines]).toEqual([5, [`cold: ${why}`]]);
      }
      expect((await outcome(place({ STUB_PYTHON: script("plain", "") }), "")).code).toBe(0);
      expect((await outcome(place({ MINE: "grün", LC_ALL: "C" }), "")).code).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is not made where PYTHONPATH means another folder for each run", async () => {
    for (const path of [`${STUB}:lib`, `${STUB}:`, "."]) {
      const { code, lines } = await outcome(place({ PYTHONPATH: path }), "");
      expect([code, lines]).toEqual([5, ["cold: PYTHONPATH names a folder relative to that of the run"]]);
    }
  });

  test("is not made where there is no such Python, or it fails before it begins", async () => {
    const missing = await outcome(place({ STUB_PYTHON: "/no/python" }), "");
    expect([missing.code, missing.lines[0]]).toEqual([5, expect.stringContaining("'/no/python' could not be started")]);
    const broken = await outcome(place(), "", { PREFECT_STUB: "breaks" });
    expect([broken.code, broken.lines]).toEqual([5, ["cold: the fork ended before it began"]]);
  });

  test("does not begin where the engine has not ended as one that handed its run over", async () => {
    const where = place();
    const { code, lines, id } = await outcome(where, "", { STUB_ENGINE_CODE: "9" });
    expect([code, lines, id]).toEqual([9, [], Number.NaN]);
    expect((await outcome(where, "")).code).toBe(0);
  });

  test("is not waited for by a run that does not ask, nor offered with 0 seconds", async () => {
    expect((await outcome(place({ STUB_PYTHON: "none" }), "")).lines).toEqual([
      "cold: the built-in engine does not use it",
    ]);
    expect((await outcome(place({}, 0), "")).lines).toEqual(["cold: undefined"]);
  });

  test("goes on when its parent is killed, and the next one has another", async () => {
    const where = place();
    const bye = "signal.signal(15, lambda *_: (print('bye', flush=True), os._exit(0)))";
    const first = await begin(where, `import signal; ${bye}; print('ready', flush=True); time.sleep(600)`);
    await first.lines.until(/ready/);
    process.kill(first.parent, "SIGKILL");
    const second = await outcome(where, "");
    expect([second.code, second.parent === first.parent]).toEqual([0, false]);
    expect(await where.isRunning({ pid: first.pid, flowRunId: RUN })).toBe(true);
    expect(await where.kill({ pid: first.pid, flowRunId: RUN, processStart: first.processStart }, 5)).toBe("killed");
    expect((await first.exited).code).toBe(0);
    expect(first.lines.all).toContain("bye");
  });

  test("is ended with what it has started when its parent is killed before, and then it itself", async () => {
    const where = place();
    const run = await begin(
      where,
      "import subprocess; child = subprocess.Popen(['sleep', '60']); print('child', child.pid, flush=True); child.wait()",
    );
    const child = Number((await run.lines.until(/child (\d+)/))[1]);
    process.kill(run.parent, "SIGKILL");
    await eventually(() => !isAlive(run.parent), "the parent has ended");
    process.kill(run.id, "SIGKILL");
    await run.exited;
    await eventually(() => !isAlive(child), "the child has ended");
  });

  test("is not made while the machine is short of something, nor where the agent's socket is gone", async () => {
    const temporary = process.env["TMPDIR"];
    const where = place();
    process.env["TMPDIR"] = "/no/such/folder";
    try {
      const short = await outcome(where, "", {}, { working_dir: STUB });
      expect([short.code, short.lines]).toEqual([5, ["cold: undefined"]]);
    } finally {
      if (temporary === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = temporary;
    }
    const look = "print(os.environ['SOCKET'])";
    const { code, lines } = await outcome(where, look);
    expect(code).toBe(0);
    rmSync(lines[0] ?? "", { recursive: true });
    expect((await outcome(where, "")).lines).toEqual(["cold: undefined"]);
  });

  test("is not waited for where its parent hangs, and the next one has another", async () => {
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

  test("is tried again some time after a parent was unable, however many runs came meanwhile", async () => {
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

  test("may be given up while the parent loads, which ends when nothing comes for the time that is set", async () => {
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

  test("is not waited for when its parent that hangs is closed", async () => {
    const where = place();
    const { parent } = await outcome(where, "");
    process.kill(parent, "SIGSTOP");
    await where.close();
    expect(isAlive(parent)).toBe(false);
  });

  test("is ended with what it has started", async () => {
    const where = place();
    const run = await begin(
      where,
      "import subprocess; child = subprocess.Popen(['sleep', '60']); print('child', child.pid, flush=True); child.wait()",
    );
    const child = Number((await run.lines.until(/child (\d+)/))[1]);
    expect(await where.kill({ pid: run.pid, flowRunId: RUN }, 10)).toBe("killed");
    expect((await run.exited).code).toBe(-15);
    await eventually(() => !isAlive(child), "the child has ended");
  });

  test("stays with its engine when the run is given up meanwhile, and a parent that still loads is not waited for", async () => {
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

  test("ends its parent when nothing ran for the time that is set", async () => {
    const { parent } = await outcome(place({}, 0.05), "");
    await eventually(() => !isAlive(parent), "the idle parent has ended");
  });

  test("goes on when its agent takes no more runs: its end is seen, then its parent ends", async () => {
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

  test("leaves no descriptor and no folder with the agent", async () => {
    const where = place();
    const folders: string[] = [];
    const one = async () => folders.push((await outcome(where, "print(os.getcwd())")).lines[0] ?? "");
    for (let run = 0; run < 3; run += 1) await one();
    const before = openDescriptors()?.open ?? 0;
    for (let run = 0; run < 12; run += 1) await one();
    await eventually(() => (openDescriptors()?.open ?? 0) < before + 6, "fewer more files are open than runs came");
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });
});
