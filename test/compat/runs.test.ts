// The real Python client beside runs of ours: it reads the results they keep, and resumes them.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPrefect, type Prefect, possible } from "./prefect.ts";

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

let prefect: Prefect;
beforeAll(async () => {
  if (!possible) return;
  prefect = await createPrefect();
  mkdirSync(join(prefect.sandbox.folder, "flows"));
  writeFileSync(join(prefect.sandbox.folder, "flows/work.ts"), FLOW);
});
afterAll(() => prefect?.close());

async function execute(id: string): Promise<string> {
  await prefect.sandbox.orch(["agent", "start", "-q", "test", "--run-once"]);
  const { stdout } = await prefect.sandbox.orch(["flow-run", "inspect", id, "--json"]);
  const run: { state_name: string } = JSON.parse(stdout);
  return run.state_name;
}

test.skipIf(!possible)("a paused run of ours is resumed by it, and it reads what runs and tasks keep", async () => {
  await prefect.sandbox.orch(["deployment", "build", "-n", "x", "-q", "test", "-a", "flows/work.ts:work"]);
  const { stdout } = await prefect.sandbox.orch(["deployment", "run", "work/x", "--json"]);
  const { id }: { id: string } = JSON.parse(stdout);
  expect(await execute(id)).toBe("Paused");
  await prefect.python(RESUME, id);
  expect(await execute(id)).toBe("Completed");
  expect(await prefect.python(READ, id)).toBe("Completed [1, 'two', None] {'words': [1, 'two', None]}");
});
