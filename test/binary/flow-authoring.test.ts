// What flow authors are promised, on the compiled executable: each run is a process of its own.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const FLOWS = `import { appendFileSync } from "node:fs";
import { flow, getRunLogger, pauseFlowRun, sleep, task, taskInputHash } from "orch";

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

const write = task(async function write() { note("write"); return { title: "draft" }; }, { persistResult: true });
const publish = task(async function publish(draft: { title: string }) { note("publish " + draft.title); });
export const approval = flow(async function approval() {
  const draft = await write();
  await pauseFlowRun({ reschedule: true, timeout: 3600 });
  await publish(draft);
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
  for (const name of ["report", "slow", "hooked", "approval"]) {
    const args = ["deployment", "build", "-n", "it", "-q", "test", "-a", `flows/authoring.ts:${name}`];
    const { code, stderr } = await sandbox.orch(args);
    if (code !== 0) throw new Error(stderr);
  }
});

interface Ended {
  id: string;
  name: string;
  state_type: string;
  state_name: string;
  state: { message: string | null };
}

async function execute(deployment: string, ...more: string[]): Promise<Ended & { logs: string }> {
  const run = await sandbox.orch(["deployment", "run", `${deployment}/it`, "--json", ...more]);
  const { id }: { id: string } = JSON.parse(run.stdout);
  return ended(id);
}

/** The run as it is when an agent has done all that is due. */
async function ended(id: string): Promise<Ended & { logs: string }> {
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

test("a paused run ends its process; resumed by a program, another goes on, and what was done is not done again", async () => {
  writeFileSync(
    join(sandbox.folder, "resume.ts"),
    'import { resumeFlowRun } from "orch";\nawait resumeFlowRun(process.argv[2] ?? "");\n',
  );
  const paused = await execute("approval");
  expect(paused).toMatchObject({ state_type: "PAUSED", state_name: "Paused" });
  expect((await notes()).at(-1)).toBe("write");
  const resumed = await sandbox.orch(["run", "resume.ts", paused.id]);
  expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
  const again = await sandbox.orch(["run", "resume.ts", paused.id]);
  expect(again.stderr).toContain("Cannot resume a run that isn't paused!");
  expect(await ended(paused.id)).toMatchObject({ state_type: "COMPLETED" });
  expect((await notes()).slice(-2)).toEqual(["write", "publish draft"]);
});
