// What flow authors are promised, on the compiled executable: each run is a process of its own.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const FLOWS = `import { appendFileSync } from "node:fs";
import { flow, getRunLogger, sleep, task, taskInputHash } from "orch";

const note = (line: string) => appendFileSync("NOTES", line + "\\n");

const load = task(
  async function load(day: string) {
    note("load " + day);
    return { day, rows: [1, 2, 3] };
  },
  { cacheKeyFn: taskInputHash, cacheExpiration: 3600 },
);
export const report = flow(async function report(day: string = "monday") {
  const { rows } = await load(day);
  getRunLogger().info("rows " + rows.length);
});

export const slow = flow(async function slow() { await sleep(60); }, {
  timeoutSeconds: 0.2,
  onFailure: [(_flow, run, state) => note("hook " + state.name)],
});

export const hooked = flow(async function hooked() { return 1; }, {
  flowRunName: "named by its flow",
  onCompletion: [(_flow, run, state) => note(run.name + " " + state.type)],
});
`;

const notes = () =>
  Bun.file(join(sandbox.folder, "NOTES"))
    .text()
    .then((text) => text.trim().split("\n"));

beforeAll(async () => {
  mkdirSync(join(sandbox.folder, "flows"), { recursive: true });
  writeFileSync(
    join(sandbox.folder, "flows/authoring.ts"),
    FLOWS.replace('"NOTES"', JSON.stringify(join(sandbox.folder, "NOTES"))),
  );
  for (const name of ["report", "slow", "hooked"]) {
    const args = ["deployment", "build", "-n", "it", "-q", "test", "-a", `flows/authoring.ts:${name}`];
    const { code, stderr } = await sandbox.orch(args);
    if (code !== 0) throw new Error(stderr);
  }
});

interface Ended {
  name: string;
  state_type: string;
  state_name: string;
  state: { message: string | null };
}

async function execute(deployment: string, ...more: string[]): Promise<Ended & { logs: string }> {
  const run = await sandbox.orch(["deployment", "run", `${deployment}/it`, "--json", ...more]);
  const { id }: { id: string } = JSON.parse(run.stdout);
  await sandbox.orch(["agent", "start", "-q", "test", "--run-once"]);
  const { stdout } = await sandbox.orch(["flow-run", "inspect", id, "--json"]);
  const { stdout: logs } = await sandbox.orch(["flow-run", "logs", id]);
  return { ...(JSON.parse(stdout) as Ended), logs };
}

test("a cached task runs once in two runs, its result lies in the home, another argument runs it again", async () => {
  for (const _run of [1, 2]) {
    const run = await execute("report");
    expect(run.state_type).toBe("COMPLETED");
    expect(run.logs).toContain("rows 3");
  }
  expect(await notes()).toEqual(["load monday"]);
  expect(readdirSync(join(sandbox.home, ".orch/storage/results"))).toHaveLength(1);
  await execute("report", "--param", "day=tuesday");
  expect((await notes()).at(-1)).toBe("load tuesday");
});

test("a flow that takes too long is TimedOut, and its hook is called", async () => {
  const run = await execute("slow");
  expect(run).toMatchObject({ state_type: "FAILED", state_name: "TimedOut" });
  expect(run.state.message).toBe("Flow run exceeded timeout of 0.2 seconds");
  expect((await notes()).at(-1)).toBe("hook TimedOut");
});

test("a completed run calls its hook under the name its flow gave it", async () => {
  expect((await execute("hooked")).name).toBe("named by its flow");
  expect((await notes()).at(-1)).toBe("named by its flow COMPLETED");
});
