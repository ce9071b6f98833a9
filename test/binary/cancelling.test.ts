// Cancelling on the executable: from the command line and from the API, down to the processes that a run started.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../eventually.ts";
import { createWorld, type Run, type World } from "../page/world.ts";

const FLOWS = `import { flow, sleep } from "orch";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

const grandchild = flow(async function grandchild(file: string) {
  const { pid } = spawn("sleep", ["600"], { stdio: "ignore" });
  writeFileSync(file, String(pid));
  await sleep(600);
});
const child = flow(async function child(file: string) {
  await grandchild(file);
});
export const family = flow(async function family(file: string) {
  await child(file);
});
`;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.write("flows/family.ts", FLOWS);
  await world.deployment("build", "flows/family.ts:family", "-n", "x", "-q", "test", "-a");
  world.sandbox.start(["agent", "start", "-q", "test"], { ORCH_API_URL: world.url, ORCH_HEARTBEAT_SECONDS: "14" });
});
afterAll(() => world.close());

/** A run whose grandchild has started a process; gives the process too. */
async function start(name: string): Promise<{ run: Run; pid: number }> {
  const file = join(world.folder, name);
  writeFileSync(file, "");
  const run = await world.json<Run>("deployment", "run", "family/x", "--param", `file=${file}`);
  await eventually(() => readFileSync(file, "utf8") !== "", "the grandchild has started");
  return { run, pid: Number(readFileSync(file, "utf8")) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

const WAYS: [how: string, cancel: (id: string) => Promise<unknown>][] = [
  ["flow-run cancel", (id) => world.orch("flow-run", "cancel", id)],
  ["the API", (id) => world.api("POST", `/flow_runs/${id}/set_state`, { state: { type: "CANCELLING" } })],
];
for (const [index, [how, cancel]] of WAYS.entries()) {
  test(`${how} ends a run, its subflows, theirs, and what they started, within seconds`, async () => {
    const { run, pid } = await start(`pid-${index}`);
    expect(isAlive(pid)).toBe(true);
    const asked = performance.now();
    await cancel(run.id);
    expect(await world.endOf(run.id)).toMatchObject({ state_type: "CANCELLED", state_name: "Cancelled" });
    // The server notifies the agent at once: by itself it would ask after 14 s (heartbeat) or 15 s (polling).
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(isAlive(pid)).toBe(false);
    const family = await world.api<Run[]>("POST", "/flow_runs/filter", {
      flows: { name: { any_: ["child", "grandchild"] } },
    });
    for (const { id } of family) expect((await world.endOf(id)).state_name).toBe("Cancelled");
    expect(family).toHaveLength(2 * (index + 1));
  }, 120_000);
}

test("a run that no agent looks after is ended by its own process", async () => {
  const file = join(world.folder, "pid-alone");
  writeFileSync(file, "");
  const env = { ORCH_API_URL: world.url };
  const running = world.sandbox.start(["flow", "run", "flows/family.ts:family", "--param", `file=${file}`], env);
  await running.until(/Created flow run/);
  while (readFileSync(file, "utf8") === "") await Bun.sleep(50);
  const [run] = await world.api<Run[]>("POST", "/flow_runs/filter", {
    flows: { name: { any_: ["family"] } },
    flow_runs: { state: { type: { any_: ["RUNNING"] } } },
  });
  const id = String(run?.id);
  expect((await world.orch("flow-run", "cancel", id)).code).toBe(0);
  expect(await running.exited).toBe(1);
  expect(running.output()).toContain("Finished in state Cancelled(");
  expect(await world.endOf(id)).toMatchObject({ state_type: "CANCELLED", state_name: "Cancelled" });
  process.kill(Number(readFileSync(file, "utf8"))); // what a flow spawned by itself outside of an agent's group is its own
}, 120_000);
