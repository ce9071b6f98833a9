// Events over a real connection: they outlast the server, its idle time, and end when it stops.
import { afterAll, expect, test } from "bun:test";
import { type Listener, listenTo } from "../server/events/listener.ts";
import { createSandbox, type Running } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

async function startServer(): Promise<{ server: Running; url: string }> {
  const server = sandbox.start(["server", "start", "--port", "0", "--agent", "test"]);
  const [, url = ""] = await server.until(/(http:\/\/127\.0\.0\.1:\d+)/);
  return { server, url };
}

async function listen(url: string, query = "", lastEventId?: string): Promise<Listener> {
  const headers: Record<string, string> = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  return listenTo(await fetch(`${url}/api/orch/events${query}`, { headers }));
}

test("a listener hears a run to its end, and after the server was killed what it missed meanwhile", async () => {
  const { server, url } = await startServer();
  await sandbox.orch(["init", "."]);
  const build = ["deployment", "build", "-n", "marvin", "-q", "test", "-a", "flows/marvin.ts:sayHi"];
  expect((await sandbox.orch(build)).code).toBe(0);
  const listener = await listen(url);
  await listener.until("ready", 1);
  await sandbox.orch(["deployment", "run", "say-hi/marvin", "--param", "name=Ada"]);
  let count = 1;
  while (!(await listener.until("flow-run-state", count)).some(({ data }) => data["state_type"] === "COMPLETED"))
    count += 1;
  const heard = (await listener.until("flow-run-state", 1)).map(({ data }) => data["state_type"]);
  expect(heard).toEqual(["SCHEDULED", "PENDING", "RUNNING", "COMPLETED"]);
  const runId = String(listener.heard.find(({ event }) => event === "flow-run-state")?.data["flow_run_id"]);

  await server.stop("SIGKILL");
  await listener.ended.catch(() => {});
  // Without a server the command writes to the database itself.
  expect((await sandbox.orch(["deployment", "run", "say-hi/marvin", "--param", "name=Bob"])).code).toBe(0);
  const again = await startServer();
  const second = await listen(again.url, "", listener.lastId());
  const [missed] = await second.until("flow-run-state", 1);
  expect(missed?.data).toMatchObject({ state_type: "SCHEDULED" });
  expect(missed?.data["flow_run_id"]).not.toBe(runId);
  expect(await again.server.stop()).toBe(0);
  await second.ended;
}, 60_000);
