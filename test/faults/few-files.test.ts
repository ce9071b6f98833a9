// Processes that may open few files (`ulimit -n`): an agent takes fewer runs at a time, a server goes on when there is room.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { createFleet, type Fleet } from "./fleet.ts";

let fleet: Fleet;
beforeEach(() => {
  fleet = createFleet();
});
afterEach(() => fleet.sandbox.close());

const FLOW = `import { flow } from "orch"; export const work = flow(async function work() { await Bun.sleep(200); });`;
const FEW = 40;
const RUNS = 30;

test("R13: thirty runs for an agent that may open forty files: all COMPLETED, said once", async () => {
  await fleet.startServer();
  const deployment = await fleet.deploy(FLOW);
  for (let n = 0; n < RUNS; n += 1) {
    await fleet.post(`/deployments/${deployment}/create_flow_run`, { state: { type: "SCHEDULED" } });
  }
  const agent = fleet.sandbox.startLimited(["agent", "start", "-q", "test"], `ulimit -n ${FEW}`, {
    ORCH_API_URL: fleet.url,
  });
  const runs = await fleet.allFinal(120);
  expect(new Set(runs.map(({ state_type }) => state_type))).toEqual(new Set(["COMPLETED"]));
  expect(runs).toHaveLength(RUNS);
  expect(agent.output().match(/ulimit -n/g)).toHaveLength(1);
  expect(await agent.stop("SIGINT")).toBe(0);
}, 150_000);

test("R13: a server with more connections than it may open answers again when they are gone", async () => {
  const server = fleet.sandbox.startLimited(
    ["server", "start", "--port", String(new URL(fleet.url).port)],
    `ulimit -n ${FEW}`,
  );
  await server.until(/http:\/\/127\.0\.0\.1/);
  const port = Number(new URL(fleet.url).port);
  const sockets: Socket[] = [];
  for (let n = 0; n < 2 * FEW; n += 1) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {}); // refused, or never answered
    sockets.push(socket);
  }
  await fleet.eventually(60, () => sockets.filter(({ pending }) => !pending).length >= FEW / 2);
  for (const socket of sockets) socket.destroy();
  await fleet.eventually(60, async () => {
    const answer = await fetch(`${fleet.url}/flows/`, { method: "POST", body: '{"name":"after"}' }).catch(() => null);
    return answer?.status === 201;
  });
  expect(await server.stop()).toBe(0);
}, 60_000);
