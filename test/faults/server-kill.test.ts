// kill -9 of the server while runs execute, twenty times over: what was acknowledged is there, and no run is stuck.
import { afterAll, expect, test } from "bun:test";
import type { Running } from "../binary/sandbox.ts";
import { createFleet, seededRandom } from "./fleet.ts";

const KILLS = Number(process.env["FAULT_KILLS"] ?? 20);
const RUNS = 50;

const WORK = `
import { flow, task, getRunLogger, sleep } from "orch";
const step = task(async function step(n: number) { await sleep(0.1); return n; });
export const work = flow(async function work() {
  for (let n = 0; n < 5; n += 1) { await step(n); getRunLogger().info("step " + n); }
});`;

const fleet = createFleet();
afterAll(() => fleet.sandbox.close());

test(`${KILLS} kills of the server under ${RUNS} executing runs lose nothing and leave no run stuck`, async () => {
  const random = seededRandom();
  let server: Running = await fleet.startServer();
  const deployment = await fleet.deploy(WORK);
  const agent = await fleet.startAgent();
  const acknowledged = new Set<string>();

  for (let kill = 1; kill <= KILLS; kill += 1) {
    await Promise.all(Array.from({ length: RUNS }, () => createRun(deployment, acknowledged)));
    const writing = createUntilCutOff(deployment, acknowledged);
    await Bun.sleep(random() * 1_000);
    await server.stop("SIGKILL");
    await writing;
    server = await fleet.startServer();
    const present = new Set((await fleet.runs()).map((run) => run.id));
    expect([kill, [...acknowledged].filter((id) => !present.has(id))]).toEqual([kill, []]);
  }

  const rows = await fleet.allFinal(180).catch((error) => {
    console.log(`the agent's last lines:\n${agent.output().slice(-2_000)}`);
    throw error;
  });
  const states = Map.groupBy(rows, (run) => run.state_type);
  console.log([...states].map(([type, runs]) => `${type}: ${runs.length}`).join(", "));
  expect(rows.filter((run) => run.state_type !== "COMPLETED")).toEqual([]);
});

/** Notes a run that was acknowledged. False when the server was killed under the request: then it never was. */
async function createRun(deployment: string, acknowledged: Set<string>): Promise<boolean> {
  try {
    const { status, body } = await fleet.post(`/deployments/${deployment}/create_flow_run`, {
      state: { type: "SCHEDULED" },
    });
    const run: { id: string } = body;
    if (status === 201) acknowledged.add(run.id);
    return true;
  } catch {
    return false;
  }
}

/** So that a kill always meets a write. Slowly: it is the executing runs that matter. */
async function createUntilCutOff(deployment: string, acknowledged: Set<string>): Promise<void> {
  while (await createRun(deployment, acknowledged)) await Bun.sleep(20);
}
