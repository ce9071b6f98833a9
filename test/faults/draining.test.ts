// An agent that is asked to stop waits for its runs, however long they take.
import { afterAll, expect, test } from "bun:test";
import { createFleet } from "./fleet.ts";

const fleet = createFleet();
afterAll(() => fleet.sandbox.close());

/** An agent that is gone has its runs ended after 8 seconds, and killed after 12 (src/infrastructure/survivors.ts). */
const FLOW = `import { flow, sleep } from "orch";
export const work = flow(async function work() {
  await sleep(2);
  console.log("is a long one");
  await sleep(14);
});`;

test("a run that goes on for long after the first Ctrl-C completes", async () => {
  const server = await fleet.startServer();
  const deployment = await fleet.deploy(FLOW);
  const agent = await fleet.startAgent();
  await fleet.post(`/deployments/${deployment}/create_flow_run`, { state: { type: "SCHEDULED" } });
  await agent.until(/is a long one/);
  expect(await agent.stop("SIGINT")).toBe(0);
  const [run] = await fleet.runs();
  expect(run?.state_type).toBe("COMPLETED");
  await server.stop();
});
