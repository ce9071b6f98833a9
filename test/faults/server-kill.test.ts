// kill -9 of the server while runs execute, twenty times over: what was acknowledged is there, and no run is stuck.
import { afterAll, expect, test } from "bun:test";
import type { Running } from "../binary/sandbox.ts";
import { createFleet, seededRandom } from "./fleet.ts";

const KILLS = 20;
const RUNS = 50;

const WORK = `
import { flow, task, getRunLogger, sleep } from "orch";
const step = task(async function step(n: number) { await sleep(20); return n; });
export const work = flow(async function work() {
  for (let n = 0; n < 5; n += 1) { await step(n); getRunLogger().info("step " + n); }
});`;

const fleet = createFleet();
afterAll(() => fleet.sandbox.close());

test(`${KILLS} kills of the server under ${RUNS} executing runs lose nothing and leave no run stuck`, async () => {
  const random = seededRandom();
  let server: Running = await fleet.startServer();
  const deployment = await fleet.deploy(WORK);
  await fleet.startAgent();
  const acknowledged = new Set<string>();

  for (let kill = 1; kill <= KILLS; kill += 1) {
    const writing = writeUntilCutOff(deployment, acknowledged, RUNS);
    await Bun.sleep(100 + random() * 900);
    await server.stop("SIGKILL");
    await writing;
    server = await fleet.startServer();
    const present = new Set((await fleet.runs()).map((run) => run.id));
    expect([kill, [...acknowledged].filter((id) => !present.has(id))]).toEqual([kill, []]);
  }

  const rows = await fleet.allFinal(180);
  const states = Map.groupBy(rows, (run) => run.state_type);
  console.log([...states].map(([type, runs]) => `${type}: ${runs.length}`).join(", "));
  expect(rows.filter((run) => run.state_type !== "COMPLETED")).toEqual([]);
});

/** Creates runs one after the other, noting each that was acknowledged, until enough or until the server is gone. */
async function writeUntilCutOff(deployment: string, acknowledged: Set<string>, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    try {
      const { status, body } = await fleet.post(`/deployments/${deployment}/create_flow_run`, {
        state: { type: "SCHEDULED" },
      });
      const run: { id: string } = body;
      if (status === 201) acknowledged.add(run.id);
    } catch {
      return; // the server was killed under this request: it was never acknowledged
    }
  }
}
