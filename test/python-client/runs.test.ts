// The real Python client beside runs of ours: it reads the results they keep, and resumes them.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prefectEnvironment } from "../bench/environment.ts";
import { createSandbox } from "../binary/sandbox.ts";

const prefect = await prefectEnvironment().catch((error) => {
  console.log(`Skipped: Prefect 2.10.4 cannot be installed here. ${error}`);
});

const FLOW = `import { flow, pauseFlowRun, task } from "orch";
const draft = task(async function draft() { return { words: [1, "two", null] }; }, { persistResult: true });
export const work = flow(async function work() {
  const { words } = await draft();
  await pauseFlowRun({ reschedule: true, timeout: 600 });
  return words;
}, { persistResult: true });
`;
const RESUME = `
import sys
from prefect import resume_flow_run
resume_flow_run(sys.argv[1])
`;
const READ = `
import asyncio, sys
from prefect.client.orchestration import get_client
async def main():
    async with get_client() as client:
        run = await client.read_flow_run(sys.argv[1])
        tasks = await client.read_task_runs()
        print(run.state.name, await run.state.result(fetch=True), await tasks[0].state.result(fetch=True))
asyncio.run(main())
`;

const sandbox = createSandbox();
let url = "";
beforeAll(async () => {
  const server = sandbox.start(["server", "start", "--port", "0"]);
  url = (await server.until(/running at (http:\S+?),/))[1] ?? "";
  mkdirSync(join(sandbox.folder, "flows"));
  writeFileSync(join(sandbox.folder, "flows/work.ts"), FLOW);
});
afterAll(() => sandbox.close());

async function python(code: string, id: string): Promise<string> {
  const environment = { HOME: sandbox.home, PREFECT_HOME: sandbox.home, PREFECT_API_URL: `${url}/api` };
  const child = Bun.spawn([join(prefect ?? "", "bin/python"), "-c", code, id], {
    ...{ cwd: sandbox.folder, env: { PATH: "/usr/bin:/bin", ...environment } },
    ...{ stdout: "pipe", stderr: "pipe" },
  });
  const [out, err, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(exit === 0 ? "" : err).toBe("");
  return out.trim();
}

async function execute(id: string): Promise<string> {
  await sandbox.orch(["agent", "start", "-q", "test", "--run-once"]);
  const { stdout } = await sandbox.orch(["flow-run", "inspect", id, "--json"]);
  const run: { state_name: string } = JSON.parse(stdout);
  return run.state_name;
}

test.skipIf(!prefect)("a paused run of ours is resumed by it, and it reads what runs and tasks keep", async () => {
  await sandbox.orch(["deployment", "build", "-n", "x", "-q", "test", "-a", "flows/work.ts:work"]);
  const { stdout } = await sandbox.orch(["deployment", "run", "work/x", "--json"]);
  const { id }: { id: string } = JSON.parse(stdout);
  expect(await execute(id)).toBe("Paused");
  await python(RESUME, id);
  expect(await execute(id)).toBe("Completed");
  expect(await python(READ, id)).toBe("Completed [1, 'two', None] {'words': [1, 'two', None]}");
});
