// Real processes: what they are given, what they print, how they end, and that nothing of them is left.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { Job } from "#infrastructure/infrastructure.ts";
import { logFileFor } from "#infrastructure/log-files.ts";
import { createProcessInfrastructure } from "#infrastructure/process.ts";
import { systemClock } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";
import { membersOf } from "#lib/process/process-group.ts";
import { processStart } from "#lib/process/process-identity.ts";
import { nextTurn } from "#lib/yield.ts";
import { eventually } from "../eventually.ts";
import { never } from "./contract.ts";
import { lineRecorder } from "./line-recorder.ts";

const RUN = "0191e5a0-0000-7000-8000-00000000000a";
const folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-process-test-")));
afterAll(() => rmSync(folder, { recursive: true }));

const place = createProcessInfrastructure({
  engineCommand: ["sh", "-c", "echo the engine"],
  machine: { PATH: process.env["PATH"] },
  settings: {},
  logHome: folder,
  clock: systemClock,
});

function job(command: string | null, fields: JsonObject = {}) {
  const lines = lineRecorder();
  const block = { command: command === null ? null : ["sh", "-c", command], ...fields };
  const whole: Job = {
    ...{ run: { id: RUN, name: "calm-crow" }, deployment: null, type: "process", block, output: lines.add },
  };
  return { lines, job: whole };
}

/** Starts it and waits for its end. */
async function outcome(command: string | null, fields: JsonObject = {}) {
  const { lines, job: whole } = job(command, fields);
  const { pid, exited } = await place.start(whole, never());
  const { code } = await exited;
  return { pid, code, lines: lines.all };
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when the pid is gone, or is a zombie that only waits for whoever has to reap it. */
async function gone(pid: number): Promise<void> {
  await eventually(async () => {
    const stat = await Bun.file(`/proc/${pid}/stat`)
      .text()
      .catch(() => "");
    return /\) Z /.test(stat) || !isThere(pid);
  }, `${pid} is gone`);
}

describe("a job", () => {
  test("without a command is the engine", async () => {
    expect(await outcome(null)).toMatchObject({ code: 0, lines: ["the engine"] });
  });

  test("T33: that is killed leaves nothing that it has started", async () => {
    const { code, lines } = await outcome("sleep 60 & echo $!; kill -9 $$");
    expect(code).toBe(-9);
    await gone(Number(lines[0]));
  });

  test("leaves no notice of its end, whoever has ended it", async () => {
    const logFile = logFileFor(folder, RUN);
    await outcome(`echo > ${logFile}.ending`);
    expect(existsSync(`${logFile}.ending`)).toBe(false);
  });

  test("is named by host and process", async () => {
    const { pid, lines } = await outcome("echo $$");
    expect(pid).toBe(`${hostname()}:${lines[0]}`);
  });

  test("finds its run and its variables", async () => {
    const { lines } = await outcome("echo $PREFECT__FLOW_RUN_ID $MINE $ORCH__AGENT_PID", { env: { MINE: "yes" } });
    expect(lines).toEqual([`0191e5a000007000800000000000000a yes ${process.pid}`]);
  });

  test("works in the folder it is given, which stays", async () => {
    expect((await outcome("pwd; touch left", { working_dir: folder })).lines).toEqual([folder]);
    expect(existsSync(join(folder, "left"))).toBe(true);
  });

  test("works in a fresh folder otherwise, which is removed with what is in it", async () => {
    const [first, second] = await Promise.all([outcome("pwd; mkdir a; touch a/b"), outcome("pwd")]);
    expect(first.lines[0]).not.toBe(second.lines[0]);
    for (const { lines } of [first, second]) expect([lines[0], existsSync(lines[0] ?? "")]).toEqual([lines[0], false]);
  });

  test("that cannot be started is one sentence, and leaves no folder", async () => {
    const { job: whole } = job(null, { command: ["/no/such/program", "x"] });
    await expect(place.start(whole, never())).rejects.toThrow("'/no/such/program x' could not be started: ");
  });
});

describe("output", () => {
  test("of both streams arrives in whole lines", async () => {
    const { lines } = await outcome("printf 'a\\nb'; printf 'c\\n'; echo d >&2");
    expect(lines.toSorted()).toEqual(["a", "bc", "d"]);
  });

  test("is all there when the end is told", async () => {
    const { lines } = await outcome("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done");
    expect(lines).toHaveLength(2000);
    expect(lines.at(-1)).toBe("line 1999");
  });

  test("is dropped when nobody wants it", async () => {
    expect(await outcome("echo a; echo b >&2", { stream_output: false })).toMatchObject({ code: 0, lines: [] });
  });

  test("that a grandchild holds open does not hold up the end", async () => {
    const { code, lines } = await outcome("sleep 60 & echo $!");
    expect(code).toBe(0);
    process.kill(Number(lines[0]), "SIGKILL");
  });
});

describe("the end", () => {
  const ENDS: [command: string, code: number][] = [
    ["exit 0", 0],
    ["exit 7", 7],
    ["kill -KILL $$", -9],
    ["kill -TERM $$", -15],
    ["kill -SEGV $$", -11],
  ];
  for (const [command, code] of ENDS) {
    test(`of '${command}' is ${code}`, async () => expect((await outcome(command)).code).toBe(code));
  }
});

describe("kill", () => {
  test("ends the process and what it started", async () => {
    const { lines, job: whole } = job("sleep 60 & echo child $!; wait");
    const { pid, exited } = await place.start(whole, never());
    const child = Number((await lines.until(/child (\d+)/))[1]);
    expect(isThere(child)).toBe(true);
    expect(await place.kill({ pid, flowRunId: RUN }, 10)).toBe("killed");
    const { code, line } = await exited;
    expect([code, line]).toEqual([-15, expect.stringContaining("It was ended by its agent (signal SIGTERM).")]);
    await gone(child);
  });

  test("takes away hard what does not end when asked, grandchildren too", async () => {
    const { lines, job: whole } = job("trap '' TERM; sh -c 'trap \"\" TERM; echo child $$; sleep 60' & wait; sleep 60");
    const { pid, exited } = await place.start(whole, never());
    const child = Number((await lines.until(/child (\d+)/))[1]);
    expect(await place.kill({ pid, flowRunId: RUN }, 0.1)).toBe("killed");
    const { code, line, reason } = await exited;
    const how = "did not end when its agent asked it to, and was killed by it (signal SIGKILL).";
    expect([code, line]).toEqual([-9, expect.stringContaining(`It ${how}`)]);
    expect(reason).toBe(`Crash detected! The process of the flow run ${how}`);
    await gone(child);
  });

  test("waits no longer than it takes", async () => {
    const { lines, job: whole } = job("trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.01; done");
    const { pid, exited } = await place.start(whole, never());
    await lines.until(/ready/);
    expect(await place.kill({ pid, flowRunId: RUN }, 600)).toBe("killed");
    expect((await exited).code).toBe(4);
    expect(lines.all).toContain("bye");
  });

  test("finds nothing when it is over", async () => {
    const { pid } = await outcome("exit 0");
    expect(await place.kill({ pid, flowRunId: RUN }, 1)).toBe("not-found");
  });

  test("leaves alone what runs elsewhere", async () => {
    expect(await place.kill({ pid: "another-host:1234", flowRunId: RUN }, 1)).toBe("not-ours");
  });

  for (const number of ["0", "1", "-1", "", "x", "1.5"]) {
    test(`reads '${number}' as no process, not as many`, async () => {
      expect(await place.kill({ pid: `${hostname()}:${number}`, flowRunId: RUN }, 0)).toBe("not-found");
    });
  }

  test("leaves alone a process that belongs to no run: numbers come again", async () => {
    const env = { PATH: process.env["PATH"] ?? "" };
    const stranger = Bun.spawn(["sh", "-c", "echo up; sleep 60; true"], { env, detached: true, stdout: "pipe" });
    await stranger.stdout.getReader().read();
    expect(await place.kill({ pid: `${hostname()}:${stranger.pid}`, flowRunId: RUN }, 0)).toBe("not-found");
    expect(isThere(stranger.pid)).toBe(true);
    process.kill(-stranger.pid, "SIGKILL");
    await stranger.exited;
  });

  test("reaches a run's process that leads no group, as the old agent starts them", async () => {
    const env = { PREFECT__FLOW_RUN_ID: "0191e5a000007000800000000000000a", PATH: process.env["PATH"] ?? "" };
    const child = Bun.spawn(["sh", "-c", "echo up; exec sleep 60"], { env, stdout: "pipe" });
    await child.stdout.getReader().read();
    // While it becomes another program it shows no environment.
    while (!readFileSync(`/proc/${child.pid}/cmdline`, "latin1").startsWith("sleep")) await nextTurn();
    expect(await place.kill({ pid: `${hostname()}:${child.pid}`, flowRunId: RUN }, 5)).toBe("killed");
    await child.exited;
    expect(child.signalCode).toBe("SIGTERM");
  });
});

describe("R11: a process is asked whose run it executes before it is ended", () => {
  const OTHER = "0191e5a0-0000-7000-8000-00000000000b";
  const short = (id: string) => id.replaceAll("-", "");
  /** A process that this agent has not started, with this variable. */
  function foreign(value: string | undefined, script = "sleep 60; true") {
    const env = { PATH: process.env["PATH"] ?? "", ...(value === undefined ? {} : { PREFECT__FLOW_RUN_ID: value }) };
    const child = Bun.spawn(["sh", "-c", `echo up; ${script}`], { env, detached: true, stdout: "pipe" });
    const up = child.stdout.getReader().read();
    return { child, pid: `${hostname()}:${child.pid}`, start: processStart(child.pid), up };
  }
  const cases: [what: string, value: string | undefined, start: "its own" | "another" | null, killed: boolean][] = [
    ["the run's, by its environment", short(RUN), null, true],
    ["the run's, as others write its id", RUN.toUpperCase(), null, true],
    ["another run's", short(OTHER), null, false],
    ["of no run", undefined, null, false],
    ["an engine that was started ahead, of which nothing more is known", "", null, false],
    ["an engine that was started ahead, and when it was", "", "its own", true],
    ["an engine that was started ahead of another run", "", "another", false],
    ["the run's environment, and started at another time: an older attempt's", short(RUN), "another", false],
    ["a command with an environment of its own", undefined, "its own", true],
  ];
  for (const [what, value, start, killed] of cases) {
    test(what, async () => {
      const { child, pid, start: own, up } = foreign(value);
      await up;
      const recorded = start === "another" ? `${own}0` : start && own;
      const outcome = await place.kill({ pid, flowRunId: RUN, processStart: recorded }, 5);
      expect(outcome).toBe(killed ? "killed" : "not-found");
      if (!killed) process.kill(-child.pid, "SIGKILL");
      await child.exited;
      expect(child.signalCode).toBe(killed ? "SIGTERM" : "SIGKILL");
    });
  }
  for (const id of [RUN, OTHER]) {
    test(`a leader is gone and what it has started is there, of ${id === RUN ? "the" : "another"} run`, async () => {
      const { child, pid, start } = foreign(short(id), "sleep 60 & exit 0");
      await child.exited;
      const [member] = membersOf(child.pid) ?? [];
      // While it becomes another program it shows no environment.
      while (!readFileSync(`/proc/${member}/cmdline`, "latin1").startsWith("sleep")) await nextTurn();
      const outcome = await place.kill({ pid, flowRunId: RUN, processStart: start }, 5);
      expect(outcome).toBe(id === RUN ? "killed" : "not-found");
      if (id !== RUN) process.kill(-child.pid, "SIGKILL");
      await gone(member ?? 0);
    });
  }
  test("a process of this agent executes another run by now", async () => {
    const { lines, job: whole } = job("echo ready; sleep 60; true");
    const { pid, exited } = await place.start(whole, never());
    await lines.until(/ready/);
    expect(await place.kill({ pid, flowRunId: OTHER }, 0)).toBe("not-found");
    expect(await place.kill({ pid, flowRunId: RUN }, 5)).toBe("killed");
    await exited;
  });
});
