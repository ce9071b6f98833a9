// How runs end that do not return: what their log then says, on the executable, with an agent and without.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "../eventually.ts";
import { createWorld, type Run, type World } from "../page/world.ts";

const FLOWS = `import { flow, getRunLogger, runContext, sleep, task } from "orch";
import { execSync } from "node:child_process";

const log = (line: string) => getRunLogger().info(line);
const at = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ends = (fn: (what: string) => unknown, options = {}) => flow(async (how: string = "") => fn(how), { logPrints: true, ...options });

const WAYS: Record<string, () => unknown> = {
  exit: () => process.exit(3),
  exitCode: () => { process.exitCode = 3; },
  rejection: async () => { void Promise.reject(new RangeError("nobody looked")); await sleep(60); },
  timer: async () => { setTimeout(function inTimer() { throw new TypeError("from a timer"); }, 1); await sleep(60); },
  abort: () => process.abort(),
  kill: async () => { process.kill(process.pid); await sleep(60); },
  never: () => new Promise(() => {}),
};
export const wayOut = ends(async (how) => {
  log("about to end");
  await WAYS[how]?.();
}, { name: "way-out" });

// What is cancelled has begun: the flow says so, whose log is read.
const begun = Promise.withResolvers<void>();
const saysWhenBegun = () => void begun.promise.then(() => log("ready"));
const cleaningTask = task(async function cleaningTask() {
  try { begun.resolve(); await sleep(60); } finally { await at(200); log("the task has cleaned up"); }
});
const stuckTask = task(async function stuckTask() { begun.resolve(); await at(60_000); });
const cleaningSubflow = flow(async function cleaningSubflow() {
  try { begun.resolve(); await sleep(60); } finally { await at(100); console.log("the subflow has cleaned up"); }
}, { logPrints: true });
const CANCELLED: Record<string, () => unknown> = {
  finally: async () => {
    try { log("ready"); await sleep(60); } finally { await at(500); console.log("printed in finally"); log("logged in finally"); }
  },
  listener: async () => {
    const { signal } = runContext();
    const over = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => { console.log("the listener was called"); over.resolve(); });
    log("ready");
    await over.promise;
    await at(200);
    console.log("after the listener");
  },
  task: async () => { saysWhenBegun(); try { await cleaningTask(); } finally { console.log("the flow has cleaned up"); } },
  subflow: async () => { saysWhenBegun(); try { await cleaningSubflow(); } finally { console.log("the flow has cleaned up"); } },
  stuck: async () => { saysWhenBegun(); try { await stuckTask(); } finally { console.log("the flow has cleaned up"); } },
  ignores: async () => { log("ready"); await at(60_000); },
};
export const cancelled = ends(async (how) => CANCELLED[how]?.(), { name: "cancelled" });

const slowTask = task(function slowTask() { execSync("sleep 1.3"); return 1; }, { timeoutSeconds: 1 });
const SLOW: Record<string, () => unknown> = {
  flow: () => { execSync("sleep 1.3"); return 1; },
  throws: () => { execSync("sleep 1.3"); throw new Error("too late as well"); },
  asleep: () => sleep(60),
};
export const slow = ends((how) => SLOW[how]?.(), { name: "slow", timeoutSeconds: 1 });
const busyTask = task(function busyTask() { for (;;); }, { timeoutSeconds: 1 });
export const busy = ends(() => { log("ready"); for (;;); }, { name: "busy", timeoutSeconds: 1 });
export const busyInTask = ends(async () => { log("ready"); await busyTask(); }, { name: "busy-in-task" });
const busySubflow = flow(function busySubflow() { for (;;); }, { timeoutSeconds: 1 });
export const busyInSubflow = ends(async () => { log("ready"); await busySubflow(); }, { name: "busy-in-subflow" });
export const busyOnce = ends(() => { if (runContext().flowRun.runCount === 1) for (;;); return 1; }, { name: "busy-once", timeoutSeconds: 1, retries: 1 });
export const slowInTask = ends(async () => { log(String((await slowTask.submit().wait()).name)); return 1; }, { name: "slow-in-task" });
`;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.write("e.ts", FLOWS);
  for (const name of ["wayOut", "cancelled", "slow", "slowInTask", "busy", "busyInTask", "busyInSubflow", "busyOnce"]) {
    await world.deployment("build", "-n", "d", "-q", "test", "-a", `e.ts:${name}`, "-o", name);
  }
  await world.sandbox.start(["agent", "start", "-q", "test"], env()).until(/Looking for work/);
});
afterAll(() => world.close());

/** Logs arrive at once, so that nothing has to wait for them. */
const env = () => ({ ORCH_API_URL: world.url, ORCH_LOGGING_TO_API_BATCH_INTERVAL: "0.05" });

type Ended = Run & { state: { message: string | null } };
interface Line {
  message: string;
  level: number;
}

const read = (id: string) => world.api<Ended>("GET", `/flow_runs/${id}`);
async function linesOf(id: string): Promise<Line[]> {
  const logs = { flow_run_id: { any_: [id] } };
  return world.api("POST", "/logs/filter", { logs, sort: "TIMESTAMP_ASC" });
}
const messagesOf = async (id: string) => (await linesOf(id)).map(({ message }) => message);
const start = async (name: string, how: string) =>
  (await world.json<Run>("deployment", "run", name, "--param", `how=${how}`)).id;

/** The run's log once it has the line. */
async function until(id: string, message: string): Promise<void> {
  await eventually(
    async () => (await messagesOf(id)).includes(message),
    async () => `the log has '${message}':\n${await world.logs(id)}`,
  );
}

describe("T26: the reason of an end is in the run's log", () => {
  const REASONS: [how: string, type: string, last: RegExp][] = [
    ["exit", "CRASHED", /^Crash detected! Execution was aborted by a call of process\.exit\(3\)\.$/],
    [
      ...(["rejection", "CRASHED"] as const),
      /^Crash detected! Execution was interrupted by an unexpected exception: RangeError: nobody looked\n {4}at .*e\.ts:\d+:\d+/,
    ],
    [
      ...(["timer", "CRASHED"] as const),
      /^Crash detected! Execution was interrupted by an unexpected exception: TypeError: from a timer\n {4}at inTimer \(.*e\.ts:\d+:\d+/,
    ],
    ["kill", "CRASHED", /^Crash detected! Execution was aborted by an interrupt signal\.$/],
    ["never", "CRASHED", /^Crash detected! The flow waits for a promise that never settles/],
  ];
  for (const [how, type, last] of REASONS) {
    test(how, async () => {
      const id = await start("way-out/d", how);
      expect((await world.endOf(id)).state_type).toBe(type);
      const lines = await linesOf(id);
      expect(lines.at(-1)).toMatchObject({ message: expect.stringMatching(last), level: 40 });
      expect(lines.map(({ message }) => message)).toContain("about to end");
    });
  }
  test("exitCode alone ends nothing, which is said", async () => {
    const id = await start("way-out/d", "exitCode");
    expect((await world.endOf(id)).state_type).toBe("COMPLETED");
    expect(await messagesOf(id)).toContain(
      "process.exitCode is 3, which does not fail a run. Throw an error to fail it.",
    );
  });
});

describe("T34: what a cancelled run does to clean up is done, and in its log", () => {
  const CLEANED: [how: string, messages: string[]][] = [
    ["finally", ["printed in finally", "logged in finally"]],
    ["listener", ["the listener was called", "after the listener"]],
    ["task", ["the task has cleaned up", "the flow has cleaned up"]],
    ["subflow", ["the flow has cleaned up"]],
    ["stuck", ["the flow has cleaned up"]],
    ["ignores", []],
  ];
  for (const [how, messages] of CLEANED) {
    test(`${how}, with an agent`, async () => {
      const id = await start("cancelled/d", how);
      await until(id, "ready");
      await world.orch("flow-run", "cancel", id);
      if (how === "finally") await world.orch("flow-run", "cancel", id); // a second time changes nothing
      expect((await world.endOf(id)).state_name).toBe("Cancelled");
      expect(await messagesOf(id)).toEqual(expect.arrayContaining(messages));
    });
    test(`${how}, by hand`, async () => {
      const words = ["flow", "run", "e.ts:cancelled", "--param", `how=${how}`];
      const running = world.sandbox.start(words, env());
      await running.until(/ - ready$/m); // not the name of the run
      const [run] = await world.api<Run[]>("POST", "/flow_runs/filter", {
        flows: { name: { any_: ["cancelled"] } },
        flow_runs: { state: { type: { any_: ["RUNNING"] } } },
      });
      const id = String(run?.id);
      await world.orch("flow-run", "cancel", id);
      expect((await world.endOf(id)).state_name).toBe("Cancelled");
      expect(await running.exited).toBe(1);
      expect(await messagesOf(id)).toEqual(expect.arrayContaining(messages));
    });
  }
});

describe("T24: time that a flow blocks counts", () => {
  for (const how of ["flow", "throws", "asleep"]) {
    test(`${how}: TimedOut`, async () => {
      const id = await start("slow/d", how);
      expect((await world.endOf(id)).state_name).toBe("TimedOut");
      expect((await read(id)).state.message).toBe("Flow run exceeded timeout of 1 seconds");
    });
  }
  test("a task that blocks", async () => {
    const id = await start("slow-in-task/d", "");
    expect((await world.endOf(id)).state_name).toBe("Completed");
    expect(await messagesOf(id)).toContain("TimedOut");
  });
});

describe("T24: a loop that never lets go is ended soon after its time", () => {
  const REASON = "exceeded timeout of 1 seconds, and kept its process too busy to notice. The process was ended.";
  test("of a flow: TimedOut, and its log is whole", async () => {
    const id = await start("busy/d", "");
    expect(await world.endOf(id)).toMatchObject({ state_type: "FAILED", state_name: "TimedOut" });
    expect((await read(id)).state.message).toBe("Flow run exceeded timeout of 1 seconds");
    const messages = await messagesOf(id);
    expect(messages.slice(-2)).toEqual(["ready", `Flow run ${REASON}`]);
  });
  test("of a task: TimedOut, and its flow fails by it", async () => {
    const id = await start("busy-in-task/d", "");
    expect((await world.endOf(id)).state_name).toBe("Failed");
    expect((await read(id)).state.message).toBe(`Flow run encountered an exception. Task run ${REASON}`);
    const [run] = await world.api<Run[]>("POST", "/task_runs/filter", { flow_runs: { id: { any_: [id] } } });
    expect(run?.state_name).toBe("TimedOut");
  });
  test("of a subflow: the log of the flow around it has the reason too", async () => {
    const id = await start("busy-in-subflow/d", "");
    expect((await world.endOf(id)).state_name).toBe("Failed");
    const messages = await messagesOf(id);
    expect([messages[1], messages.at(-1)]).toEqual(["ready", `Flow run ${REASON}`]);
  });
  test("a flow with retries is tried again, in another process", async () => {
    const id = await start("busy-once/d", "");
    expect((await world.endOf(id)).state_name).toBe("Completed");
  }, 120_000);
  test("by hand, with a server and without", async () => {
    for (const api of [env(), { ORCH_HOME: `${world.sandbox.home}/alone` }]) {
      const running = world.sandbox.start(["flow", "run", "e.ts:busy"], api);
      await running.until(/kept its process too busy/);
      await running.exited;
      const { stdout } = await world.sandbox.orch(["flow-run", "ls", "--flow-name", "busy", "--json"], { env: api });
      const [run] = JSON.parse(stdout) as Run[]; // the API's own shape
      expect(run?.state_name).toBe("TimedOut");
    }
  }, 120_000);
});
