// kill -9 of an agent: its runs end CRASHED with a sentence, within the time set, and no process of theirs is left.
import { afterAll, expect, test } from "bun:test";
import { createFleet } from "./fleet.ts";

const LOST_AFTER_SECONDS = 3;

const fleet = createFleet();
afterAll(() => fleet.sandbox.close());

test("runs of a killed agent end CRASHED with a sentence, within the time set", async () => {
  await fleet.startServer({ ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS: String(LOST_AFTER_SECONDS) });
  const deployment = await fleet.deploy(`
import { flow, sleep } from "orch";
export const work = flow(async function work() { await sleep(600); });`);
  const agent = await fleet.startAgent();
  for (let n = 0; n < 5; n += 1) {
    await fleet.post(`/deployments/${deployment}/create_flow_run`, { state: { type: "SCHEDULED" } });
  }
  await running(5);
  await agent.stop("SIGKILL");
  const killed = performance.now();
  const rows = await fleet.allFinal(LOST_AFTER_SECONDS + 10);
  expect(rows.map((run) => run.state_type)).toEqual(Array(5).fill("CRASHED"));
  for (const run of rows) expect(run.state.message).toMatch(/agent.*gone|sign of life/i);
  console.log(`all crashed ${Math.round(performance.now() - killed)} ms after the kill`);
});

async function running(count: number): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    const rows = await fleet.runs();
    if (rows.filter((run) => run.state_type === "RUNNING").length === count) return;
    await Bun.sleep(50);
  }
  throw new Error("the runs did not start within 10 s");
}
