// R2: a run is asked for behind a proxy that harms the call: there is exactly one, and its id is what is printed.
// The long form, with every call of every kind of work, is in test/faults (harmed-commands, harmed-runs).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAULTS, type Fault, type FaultProxy, startFaultProxy } from "../faults/fault-proxy.ts";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
/** Runs wait here: there is no agent. */
const NOBODY_LISTENS = /No agent listens to the work queue 'test', .*/;
let server: string;
let proxy: FaultProxy;

beforeAll(async () => {
  const running = sandbox.start(["server", "start", "--port", "0"]);
  server = `${(await running.until(/http:\/\/127\.0\.0\.1:\d+/))[0]}/api`;
  mkdirSync(join(sandbox.folder, "flows"));
  writeFileSync(
    join(sandbox.folder, "flows/work.ts"),
    `import { flow } from "orch"; export const work = flow(async function work() {});`,
  );
  writeFileSync(
    join(sandbox.folder, "ask.ts"),
    `import { runDeployment } from "orch"; console.log((await runDeployment("work/work", { timeout: 0 })).id);`,
  );
  await sandbox.orch(["deployment", "build", "-n", "work", "-q", "test", "-a", "flows/work.ts:work"]);
  proxy = await startFaultProxy(server, { delayMs: 300, lateAnswerMs: 1_500 });
});
afterAll(async () => {
  await sandbox.close();
  await proxy.close();
});

async function runs(): Promise<string[]> {
  const found = await fetch(`${server}/flow_runs/filter`, { method: "POST", body: "{}" });
  return ((await found.json()) as { id: string }[]).map(({ id }) => id);
}

/** One run more than before, the one that was printed. */
async function asks(fault: Fault, args: string[]): Promise<void> {
  const before = await runs();
  proxy.restart();
  proxy.choose = (name, count) => (name.endsWith("/create_flow_run") && count === 1 ? fault : undefined);
  const env = { ORCH_API_URL: proxy.url, ORCH_API_REQUEST_TIMEOUT: "1" };
  const { code, stdout, stderr } = await sandbox.orch(args, { env });
  await proxy.idle();
  expect([code, stderr.replace(NOBODY_LISTENS, "").trim()]).toEqual([0, ""]);
  const fresh = (await runs()).filter((id) => !before.includes(id));
  expect(fresh).toEqual([expect.any(String)]);
  expect(stdout).toContain(fresh[0] ?? "");
  expect(proxy.calls.filter((name) => name.endsWith("/create_flow_run")).length).toBeGreaterThan(0);
}

for (const fault of FAULTS) {
  describe(`R2: ${fault}`, () => {
    test("deployment run makes one run", () => asks(fault, ["deployment", "run", "work/work"]));
    test("runDeployment makes one run", () => asks(fault, ["run", "ask.ts"]));
  });
}
