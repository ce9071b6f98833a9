// Runs that are forked from a Python process with Prefect loaded. A small package stands in for Prefect, and a script for the
// engine of a run; test/compat/warm.test.ts has the real ones.
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDescriptors } from "#infrastructure/descriptors.ts";
import { isAlive } from "#lib/process/process-alive.ts";
import { eventually } from "../eventually.ts";
import { begin, canFork, closePlaces, outcome, place, python, RUN, STUB } from "./warm-place.ts";

afterEach(closePlaces);

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
