// Runs whose processes are killed, or whose agents are: what they said is in their logs, and nothing of them goes on.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../eventually.ts";
import { createWorld, type Run, type World } from "../page/world.ts";

const FLOWS = `import { flow, getRunLogger, sleep } from "orch";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

const WAYS: Record<string, () => unknown> = {
  kill: () => process.kill(process.pid, "SIGKILL"),
  abort: () => process.abort(),
  flood: () => {
    const line = "x".repeat(99_999) + "\\n";
    for (let n = 0; n < 1_000; n += 1) process.stdout.write(line);
    process.stdout.write("the last line", () => process.kill(process.pid, "SIGKILL"));
    return sleep(60);
  },
  busy: () => { writeFileSync(process.env.HOME + "/busy", ""); for (;;); },
  family: async () => {
    const children = [["sleep", "600"], ["sh", "-c", "trap '' TERM; while true; do sleep 1; done"]].map(([file = "", ...args]) =>
      spawn(file, args, { stdio: "ignore" }).pid);
    writeFileSync(process.env.PIDS ?? "", children.join(" "));
    await sleep(600);
  },
};
export const doomed = flow(async function doomed(how: string = "kill") {
  for (let n = 0; n < 300; n += 1) getRunLogger().info("record " + n);
  getRunLogger().warn("two\\nlines");
  console.log("printed only");
  await sleep(0.05);
  await WAYS[how]?.();
});
`;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.write("k.ts", FLOWS);
  await build("d");
  await build("quiet", "--override", "stream_output=false");
  await build("worded", "--override", `command=sh -c "echo one; echo 'a  b'; printf two; exit 7"`);
  await build("silent", "--override", `command=sh -c "exit 0"`);
  await build("binary", "--override", `command=sh -c "printf '\\000\\377\\033[31mred\\n'; kill -9 $$"`);
  await world.agent("-q", "test").until(/Looking for work/);
});
afterAll(() => world.close());

const build = (name: string, ...args: string[]) =>
  world.deployment("build", "-n", name, "-q", "test", "-a", "k.ts:doomed", "-o", name, ...args);

interface Line {
  message: string;
  level: number;
}

async function linesOf(id: string): Promise<Line[]> {
  const logs = { flow_run_id: { any_: [id] } };
  const page = (offset: number) =>
    world.api<Line[]>("POST", "/logs/filter", { logs, sort: "TIMESTAMP_ASC", limit: 200, offset });
  return [...(await page(0)), ...(await page(200))];
}

/** The messages of a run that has crashed. */
async function messagesOf(name: string, ...args: string[]): Promise<string[]> {
  const run = await world.run(name, ...args);
  expect(run.state_type).toBe("CRASHED");
  return (await linesOf(run.id)).map(({ message }) => message);
}

const KILLED = "Crash detected! The process of the flow run was killed by signal SIGKILL, which leaves it no time";
const RECORDS = Array.from({ length: 300 }, (_, n) => `record ${n}`);

describe("T25: the log of a killed run has everything, once, and the reason last", () => {
  for (const name of ["d", "quiet"]) {
    test(`records and prints, deployment '${name}'`, async () => {
      const [first, ...messages] = await messagesOf(`doomed/${name}`);
      expect(first).toStartWith("Downloading flow code");
      expect(messages.slice(0, -1)).toEqual([...RECORDS, "two\nlines", "printed only"]);
      expect(messages.at(-1)).toStartWith(KILLED);
    });
  }
  test("process.abort()", async () => {
    const messages = await messagesOf("doomed/d", "--param", "how=abort");
    expect(messages).toEqual(expect.arrayContaining([...RECORDS, "printed only"]));
    expect(messages.at(-1)).toStartWith("Crash detected! The process of the flow run aborted itself (signal SIGABRT)");
  });
  test("a flood of output is cut to its end, without a line break too", async () => {
    const messages = await messagesOf("doomed/d", "--param", "how=flood");
    expect(messages.at(-1)).toStartWith(KILLED);
    expect(messages.at(-2)).toBe("the last line");
    expect(messages.at(-3)).toMatch(/^x{2000}…$/);
    expect(messages.filter((message) => message.startsWith("x")).length).toBeWithin(10, 201);
  }, 120_000);
  test("a command that is no engine", async () => {
    expect(await messagesOf("doomed/worded")).toEqual([
      ...["one", "a  b", "two"],
      "Crash detected! The process of the flow run exited with status code 7.",
    ]);
    expect(await messagesOf("doomed/silent")).toEqual([
      "Crash detected! The process of the flow run ended without reporting how the run ended.",
    ]);
  });
  test("output that is no text", async () => {
    const [line, reason] = await messagesOf("doomed/binary");
    expect([line, reason]).toEqual(["\ufffdred", expect.stringContaining("SIGKILL")]);
  });
});

test("T24, T25: cancelling a busy loop takes seconds, and what it said is in the log", async () => {
  const { id } = await world.json<Run>("deployment", "run", "doomed/d", "--param", "how=busy");
  await running(id);
  await busy();
  await world.orch("flow-run", "cancel", id);
  expect((await world.endOf(id)).state_name).toBe("Cancelled");
  const messages = (await linesOf(id)).map(({ message }) => message);
  expect(messages).toEqual(expect.arrayContaining([...RECORDS, "printed only"]));
  expect(messages.at(-1)).toStartWith("The flow run was cancelled. Its process did not end in time, and was killed");
}, 120_000);

/** For a run that a separate agent has started. */
async function underway(how: string, env: Record<string, string> = {}) {
  await build(
    "own",
    "-q",
    "own",
    ...Object.entries(env).flatMap(([name, value]) => ["--override", `env.${name}=${value}`]),
  );
  const agent = world.agent("-q", "own");
  await agent.until(/Looking for work/);
  const { id } = await world.json<Run>("deployment", "run", "doomed/own", "--param", `how=${how}`);
  await running(id);
  const { infrastructure_pid } = await world.api<{ infrastructure_pid: string }>("GET", `/flow_runs/${id}`);
  return { agent, id, pid: Number(infrastructure_pid.split(":")[1]) };
}

/** Resolves when a flow is about to enter its endless loop. */
async function busy(): Promise<void> {
  const file = join(world.sandbox.home, "busy");
  await waitUntil(() => existsSync(file));
  rmSync(file);
}

async function running(id: string): Promise<void> {
  await waitUntil(async () => (await world.api<Run>("GET", `/flow_runs/${id}`)).state_type === "RUNNING");
}

const waitUntil = (isSo: () => boolean | Promise<boolean>) => eventually(isSo, `${isSo}`);

test("T25: what a run left whose agent was killed too is sent by the next agent", async () => {
  const { agent, id, pid } = await underway("busy");
  await busy();
  await agent.stop("SIGKILL");
  process.kill(pid, "SIGKILL");
  const state = { type: "CRASHED", message: "Both are gone." };
  await world.api("POST", `/flow_runs/${id}/set_state`, { state, force: true });
  const next = world.agent("-q", "own");
  await waitUntil(async () => (await linesOf(id)).some(({ message }) => message.startsWith("Crash detected!")));
  const [, ...messages] = (await linesOf(id)).map(({ message }) => message);
  expect(messages).toEqual([...RECORDS, "two\nlines", "Crash detected! Both are gone."]);
  await next.stop();
}, 120_000);

test("T33: what a run has started ends with its agent", async () => {
  const file = join(world.folder, "pids");
  const { agent, id } = await underway("family", { PIDS: file });
  const pids = () => {
    try {
      return readFileSync(file, "utf8").split(" ").map(Number);
    } catch {
      return [];
    }
  };
  await waitUntil(() => pids().length === 2);
  expect(pids().map(isAlive)).toEqual([true, true]);
  await agent.stop("SIGKILL");
  await waitUntil(() => !pids().some(isAlive));
  expect((await world.endOf(id)).state_type).toBe("CRASHED");
  expect((await linesOf(id)).at(-1)?.message).toBe("Crash detected! The agent that started this run is gone.");
}, 120_000);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
