// Two agents on one queue, 500 runs: each is executed exactly once. Every execution appends its run's id to one file.
import { afterAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createFleet } from "./fleet.ts";

const RUNS = 500;

const fleet = createFleet();
afterAll(() => fleet.sandbox.close());

test(`two agents share ${RUNS} runs and execute each exactly once`, async () => {
  await fleet.startServer();
  const ledger = join(fleet.sandbox.home, "executions");
  const deployment = await fleet.deploy(`
import { appendFileSync } from "node:fs";
import { flow, runContext } from "orch";
export const work = flow(async function work() {
  appendFileSync(${JSON.stringify(ledger)}, runContext().flowRun.id + "\\n");
});`);
  const created: string[] = [];
  for (let n = 0; n < RUNS; n += 1) {
    const { body } = await fleet.post(`/deployments/${deployment}/create_flow_run`, { state: { type: "SCHEDULED" } });
    const run: { id: string } = body;
    created.push(run.id);
  }
  const agents = await Promise.all([fleet.startAgent("--limit", "4"), fleet.startAgent("--limit", "4")]);
  const rows = await fleet.allFinal(120);

  expect(rows.filter((run) => run.state_type !== "COMPLETED")).toEqual([]);
  const executed = readFileSync(ledger, "utf8").trim().split("\n");
  expect(executed.toSorted()).toEqual(created.toSorted());
  const shares = agents.map((agent) => agent.output().match(/Submitting flow run/g)?.length ?? 0);
  console.log(`shares of the two agents: ${shares.join(" and ")}`);
  expect(Math.min(...shares)).toBeGreaterThan(0);
});
