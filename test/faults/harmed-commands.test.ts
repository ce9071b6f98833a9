// R2: commands and programs behind a proxy that harms their calls to the server: all is done once, and the exit code is 0.
// FAULT_EVERY=1 harms every call in every way (minutes); without it a sample is taken.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { createFleet, seededRandom } from "./fleet.ts";
import { type Harm, harmByChance, harmEachCall, type Work } from "./harm.ts";
import { watchRows } from "./rows.ts";

const MOST = process.env["FAULT_EVERY"] ? Number.POSITIVE_INFINITY : 12;
const CLIENT_SECONDS = 1;
const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/;

const fleet = createFleet();
const { sandbox } = fleet;
let harm: Harm;
let proxy: FaultProxy;

beforeAll(async () => {
  // Runs here have no agent: that they are late would be a state more.
  await fleet.startServer({ ORCH_API_SERVICES_LATE_RUNS_ENABLED: "false" });
  await fleet.deploy(`
import { flow } from "orch";
export const work = flow(async function work() {});`);
  writeFileSync(join(sandbox.folder, "program.ts"), PROGRAM);
  proxy = await startFaultProxy(fleet.url, { delayMs: 300, lateAnswerMs: CLIENT_SECONDS * 1_500 });
  harm = { proxy, rows: watchRows(join(sandbox.home, ".orch/orch.db")), random: seededRandom() };
});
afterAll(async () => {
  harm.rows.close();
  await proxy.close();
  await sandbox.close();
});

async function orch(...args: string[]): Promise<string> {
  const env = { ORCH_API_URL: proxy.url, ORCH_API_REQUEST_TIMEOUT: String(CLIENT_SECONDS) };
  const { code, stdout, stderr } = await sandbox.orch(args, { env });
  if (code !== 0) throw new Error(`orch ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

async function runNamedIn(output: string): Promise<string> {
  const id = ID.exec(output)?.[0] ?? "";
  const answer = await fetch(`${fleet.url}/flow_runs/${id}`);
  if (!answer.ok) throw new Error(`no flow run '${id}', which was printed:\n${output}`);
  return id;
}

const PROGRAM = `
import { createMarkdownArtifact, flow, getRunLogger, runDeployment, Secret, task, variables } from "orch";
const n = process.argv[2];
let failed = false;
const often = task(async function often() {
  if (!failed) { failed = true; throw new Error("once"); }
  return 1;
}, { retries: 1 });
const inner = flow(async function inner() { return often(); });
const outer = flow(async function outer() {
  for (let line = 0; line < 200; line += 1) getRunLogger().info("line " + line);
  await createMarkdownArtifact({ key: "report", markdown: "done" });
  await runDeployment("work/work", { timeout: 0 });
  return inner();
});
await outer();
await variables.set("of_program_" + n, "1");
await new Secret({ value: "x" }).save("of-program-" + n);
const run = await runDeployment("work/work", { timeout: 0 });
console.log(run.id);
`;

const WORKS: Work[] = [
  {
    name: "deployment run",
    act: async () => {
      await runNamedIn(await orch("deployment", "run", "work/work", "--tag", "a"));
    },
  },
  {
    name: "a run that is cancelled and deleted",
    act: async () => {
      const id = await runNamedIn(await orch("deployment", "run", "work/work", "--json"));
      await orch("flow-run", "cancel", id);
      await orch("flow-run", "delete", id, "--yes");
    },
  },
  {
    name: "a deployment that is built, applied, paused and deleted",
    act: async (n) => {
      const flags = ["-n", `d${n}`, "-q", `of-d${n}`, "--cron", "0 0 1 1 *", "-a", "flows/work.ts:work"];
      await orch("deployment", "build", ...flags);
      await orch("deployment", "pause-schedule", `work/d${n}`);
      await orch("deployment", "delete", `work/d${n}`, "--yes");
    },
  },
  {
    name: "a queue that is created, changed and deleted",
    act: async (n) => {
      await orch("work-queue", "create", `q${n}`, "--limit", "2");
      await orch("work-queue", "pause", `q${n}`);
      await orch("work-queue", "delete", `q${n}`, "--yes");
    },
  },
  {
    name: "a pool with a queue",
    act: async (n) => {
      await orch("work-pool", "create", `p${n}`);
      await orch("work-queue", "create", "inner", "-p", `p${n}`);
      if (n % 2) await orch("work-queue", "delete", "inner", "-p", `p${n}`, "--yes");
      await orch("work-pool", "delete", `p${n}`, "--yes");
    },
  },
  {
    name: "a variable that is set twice, and another one deleted",
    act: async (n) => {
      await orch("variable", "set", `v${n}`, "1");
      await orch("variable", "set", `v${n}`, "2");
      await orch("variable", "set", `gone${n}`, "1");
      await orch("variable", "delete", `gone${n}`, "--yes");
    },
  },
  {
    name: "a limit, made and deleted",
    act: async (n) => {
      await orch("concurrency-limit", "create", `t${n}`, "2");
      await orch("concurrency-limit", "delete", `t${n}`, "--yes");
    },
  },
  {
    name: "a notification with its block, deleted",
    act: async () => {
      const kind = ["--type", "slack-webhook", "--field", "url=https://127.0.0.1:9/hook"];
      const output = await orch("notification", "create", "--state", "Failed", ...kind);
      await orch("notification", "delete", ID.exec(output)?.[0] ?? output, "--yes");
    },
  },
  {
    name: "a program with flows, an artifact, a variable, a block and runs of deployments",
    act: async (n) => {
      await runNamedIn(await orch("run", "program.ts", String(n)));
      await orch("block", "delete", `secret/of-program-${n}`, "--yes");
    },
  },
];

for (const work of WORKS) {
  test(`R2: ${work.name}: done once, whatever happens to a call`, async () => {
    const cases = await harmEachCall(harm, work, MOST);
    console.log(`${work.name}: ${cases} calls harmed, one at a time`);
    expect(cases).toBeGreaterThan(10);
  });

  test(`R2: ${work.name}: done once, though a quarter of all calls is harmed`, async () => {
    const calls = await harmByChance(harm, work);
    console.log(`${work.name}: ${calls} calls harmed`);
  });
}
