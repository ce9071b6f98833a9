// `orch deployment run --watch` on the compiled executable: a run followed to its end, by people and by scripts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createWorld, type Run, type World } from "../page/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.write(
    "w.ts",
    `import { flow, getRunLogger, sleep, task } from "orch";
export const works = flow(async function works(seconds: number = 0) {
  getRunLogger().info("at work");
  await sleep(seconds);
});
export const sums = flow(async function sums() { return { sum: 42 }; });
export const kept = flow(async function kept() { return "x".repeat(3_000); }, { persistResult: true });
const step = task(async function step() { return 1; });
export const tasksOnly = flow(async function tasksOnly() { await step(); });
export const fails = flow(async function fails() { throw new Error("boom"); });
`,
  );
  await world.deployment("build", "-n", "d", "-q", "test", "-a", "w.ts:works");
  for (const name of ["sums", "kept", "tasksOnly", "fails"]) {
    await world.deployment("build", "-n", "d", "-q", "test", "-a", `w.ts:${name}`);
  }
  world.write(
    "broken.ts",
    `import { flow } from "orch";
if (process.env.PREFECT__FLOW_RUN_ID) throw new Error("not in a run");
export const broken = flow(async function broken() {});
`,
  );
  await world.deployment("build", "-n", "d", "-q", "test", "-a", "broken.ts:broken");
  await world.deployment(
    "build",
    "-n",
    "nowhere",
    "-q",
    "test",
    "-a",
    "--override",
    "working_dir=/no/such/folder",
    "w.ts:works",
  );
  await world.deployment("build", "-n", "idle", "-q", "idle", "-a", "w.ts:works");
});
afterAll(() => world.close());

const run = (...args: string[]) => world.orch("deployment", "run", ...args);

describe("with an agent", () => {
  beforeAll(async () => {
    await world.agent("-q", "test").until(/Looking for work/);
  });

  test("--watch prints states and log, and exits 0 for a run that completes", async () => {
    const { code, stdout, stderr } = await run("works/d", "--watch");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/\| INFO {4}\| Flow run '.*' - at work\n/);
    expect(stdout).toMatch(/- Finished in state Completed/);
    expect(stdout).toMatch(/Flow run '.*' finished in state Completed/);
  });
  test("and 1 for one that fails, with the reason", async () => {
    const { code, stdout } = await run("fails/d", "--watch");
    expect(code).toBe(1);
    expect(stdout).toMatch(/finished in state Failed: .*boom/);
  });
  test("with --json the run comes last, on standard output alone", async () => {
    const { code, stdout, stderr } = await run("works/d", "-w", "--json");
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { state_type: "COMPLETED" }]);
    expect(stderr).toContain("at work");
  });
  test("T32: what the flow returned is shown, shortened, and whole with --json", async () => {
    expect((await run("sums/d", "--watch")).stdout).toEndWith('\nReturned {"sum":42}\n');
    expect(JSON.parse((await run("sums/d", "-w", "--json")).stdout).result).toEqual({ sum: 42 });
    expect((await run("kept/d", "--watch")).stdout).toMatch(/\nReturned "x{999}… \(3002 characters\)\n$/);
    expect(JSON.parse((await run("kept/d", "-w", "--json")).stdout).result).toHaveLength(3_000);
    for (const nothing of ["works/d", "tasks-only/d"]) {
      expect((await run(nothing, "--watch")).stdout).not.toContain("Returned");
    }
  });
  test("Ctrl-C ends the watching, not the run", async () => {
    const watching = world.sandbox.start(["deployment", "run", "works/d", "--param", "seconds=2", "--watch"], {
      ORCH_API_URL: world.url,
    });
    const [, id = ""] = await watching.until(/UUID: ([0-9a-f-]{36})/);
    await watching.until(/is Running/);
    expect(await watching.stop("SIGINT")).toBe(130);
    expect(watching.output()).toMatch(/No longer watching\. Flow run '.*' goes on; 'orch flow-run cancel/);
    expect((await world.endOf(id)).state_type).toBe("COMPLETED");
  });
});

describe("C1: a run that ends before it is Running ends the watch: exit 1 and how it ended", () => {
  const UNSTARTED: [why: string, args: string[], sentence: RegExp][] = [
    [
      "a bad parameter",
      ["works/d", "--param", "seconds=soon", "--force"],
      /Failed: Validation of flow parameters failed/,
    ],
    ["a file that cannot be loaded", ["broken/d"], /Failed: Flow could not be retrieved from deployment.*not in a run/],
    ["an infrastructure that cannot start", ["works/nowhere"], /Failed: Submission failed.*no\/such\/folder/],
  ];
  beforeAll(async () => {
    await world.agent("-q", "test").until(/Looking for work/);
  });
  for (const [why, args, sentence] of UNSTARTED) {
    test(why, async () => {
      const { code, stdout } = await run(...args, "--watch");
      expect([code, stdout]).toEqual([1, expect.stringMatching(sentence)]);
      expect(stdout).not.toContain("No longer watching");
    });
    test(`${why}, with --json`, async () => {
      const { code, stdout, stderr } = await run(...args, "--watch", "--json");
      expect([code, JSON.parse(stdout)]).toMatchObject([1, { state_type: "FAILED" }]);
      expect(stderr).toMatch(sentence);
      expect(stderr).not.toContain("No longer watching");
    });
  }
  const watchIdle = async () => {
    const watching = world.sandbox.start(["deployment", "run", "works/idle", "--watch"], { ORCH_API_URL: world.url });
    const [, id = ""] = await watching.until(/UUID: ([0-9a-f-]{36})/);
    await watching.until(/is (Scheduled|Late)/);
    return { watching, id };
  };
  test("cancelled while it is scheduled", async () => {
    const { watching, id } = await watchIdle();
    expect((await world.orch("flow-run", "cancel", id)).code).toBe(0);
    expect(await watching.exited).toBe(1);
    expect(watching.output()).toContain("finished in state Cancelled");
    expect(watching.output()).not.toContain("No longer watching");
  });
  test("deleted while it is watched", async () => {
    const { watching, id } = await watchIdle();
    await world.api("DELETE", `/flow_runs/${id}`);
    expect(await watching.exited).toBe(1);
    expect(watching.output()).toMatch(/Flow run '[^']+' was deleted\.\n$/);
  });
});

describe("a start in words", () => {
  test("--start-in schedules it, and says when", async () => {
    const before = Date.now();
    const { code, stdout } = await run("works/d", "--start-in", "1 hour 30 minutes", "-t", "later", "--json");
    const created = JSON.parse(stdout) as Run & { expected_start_time: string };
    expect([code, created.state_type, created.tags]).toEqual([0, "SCHEDULED", ["later"]]);
    const asked = Date.parse(created.expected_start_time) - 5_400_000;
    expect(asked).toBeWithin(before - 1_000, Date.now() + 1_000); // it may be told in whole seconds
    expect((await run("works/d", "--start-in", "2 days")).stdout).toMatch(/UTC \(in (2 days|1 day)\)/);
  });
  test("--start-at takes a moment", async () => {
    const { stdout } = await run("works/d", "--start-at", "2126-12-24 18:00", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ expected_start_time: "2126-12-24T18:00:00.000000+00:00" });
  });
  test("what is none creates nothing", async () => {
    const before = await world.api("POST", "/flow_runs/count", {});
    for (const [words, sentence] of [
      [["--start-in", "X"], "Unable to parse scheduled start time 'in X'."],
      [["--start-in", "1 h", "--start-at", "5pm"], "Only one of `--start-in` or `--start-at` can be set, not both."],
    ] as const) {
      const { code, stderr } = await run("works/d", ...words);
      expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
    }
    expect(await world.api("POST", "/flow_runs/count", {})).toEqual(before);
  });
});
