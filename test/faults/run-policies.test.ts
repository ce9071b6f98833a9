// Overlap policies under kill -9 of the server and of agents: with two agents at work no two runs of a deployment execute at once, no
// run is left over, and what did not run says why.
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Overlap } from "#wire/runs/run-policies.ts";
import { createFleet, type Fleet, type RunRow, seededRandom } from "./fleet.ts";

const RUNS = 14;
const KILLS = 4;

let fleet: Fleet;
afterEach(() => fleet.sandbox.close());

/** Each execution holds a file with its process; one that finds a living process in it says so. */
const SOURCE = `import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { flow } from "orch";
const isAlive = (pid: number) => { try { process.kill(pid, 0); return true; } catch { return false; } };
export const work = flow(async function work(file: string) {
  try {
    writeFileSync(file + ".lock", String(process.pid), { flag: "wx" });
  } catch {
    if (isAlive(Number(readFileSync(file + ".lock", "utf8")))) appendFileSync(file, "OVERLAP\\n");
    writeFileSync(file + ".lock", String(process.pid));
  }
  await new Promise((resolve) => setTimeout(resolve, 250));
  appendFileSync(file, "ran\\n");
  rmSync(file + ".lock", { force: true });
});
`;

async function storm(overlap: Overlap): Promise<{ rows: RunRow[]; trace: string[] }> {
  fleet = createFleet();
  const random = seededRandom();
  const env = { ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS: "3", ORCH_API_SERVICES_LOST_RUNS_LOOP_SECONDS: "1" };
  let server = await fleet.startServer(env);
  const id = await fleet.deploy(SOURCE);
  const file = join(fleet.sandbox.folder, "trace");
  const url = { ORCH_API_URL: fleet.url };
  const set = ["deployment", "set-schedule", "work/work", "--overlap", overlap];
  expect((await fleet.sandbox.orch(set, { env: url })).code).toBe(0);
  const agents = [await fleet.startAgent(), await fleet.startAgent()];
  const create = () => fleet.post(`/deployments/${id}/create_flow_run`, { parameters: { file } });

  for (let kill = 0; kill < KILLS; kill += 1) {
    for (let run = 0; run < RUNS / KILLS; run += 1) await create();
    // Something is under way when it is killed, unless all was over before it could be seen.
    await fleet.eventually(60, async () => {
      const states = (await fleet.runs()).map(({ state_type }) => state_type);
      return states.includes("RUNNING") || !states.some((type) => type === "SCHEDULED" || type === "PENDING");
    });
    if (kill % 2 === 0) {
      await server.stop("SIGKILL");
      server = await fleet.startServer(env);
    } else {
      const at = Math.floor(random() * agents.length);
      await agents[at]?.stop("SIGKILL");
      agents[at] = await fleet.startAgent();
    }
  }
  const rows = await fleet.allFinal(60);
  const trace = existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
  return { rows, trace };
}

const count = (rows: readonly RunRow[], type: string) => rows.filter(({ state_type }) => state_type === type).length;

describe("with two agents, and kill -9 of the server and of one of them", () => {
  test("wait: every run has its turn, one after the other", async () => {
    const { rows, trace } = await storm("wait");
    expect(trace).not.toContain("OVERLAP");
    // What was in the hands of a killed agent may be lost; nothing else is.
    expect(count(rows, "COMPLETED") + count(rows, "CRASHED") + count(rows, "FAILED")).toBe(rows.length);
    expect(count(rows, "COMPLETED")).toBeGreaterThanOrEqual(rows.length - KILLS);
  }, 120_000);

  test("skip: what did not run was skipped, and says why", async () => {
    const { rows, trace } = await storm("skip");
    expect(trace).not.toContain("OVERLAP");
    const skipped = rows.filter(({ state_type }) => state_type === "CANCELLED");
    expect(skipped.length).toBeGreaterThan(0);
    for (const { state } of skipped) expect(state.message).toMatch(/^Skipped: flow run '.*' was still under way/);
    expect(count(rows, "COMPLETED")).toBeGreaterThan(0);
  }, 120_000);

  test("cancel-older: the newest run is the one that completes", async () => {
    const { rows, trace } = await storm("cancel-older");
    expect(trace).not.toContain("OVERLAP");
    for (const { state } of rows.filter(({ state_type }) => state_type === "CANCELLED")) {
      expect(state.message ?? "").toMatch(/takes its place|^Skipped: |was being cancelled/);
    }
    expect(count(rows, "COMPLETED")).toBeGreaterThan(0);
  }, 120_000);
});
