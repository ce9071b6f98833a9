// How things end on the compiled executable: Ctrl-C once and twice, and a server that goes away for a while.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createFleet, type Fleet } from "../faults/fleet.ts";

let fleet: Fleet;
beforeEach(() => {
  fleet = createFleet();
});
afterEach(() => fleet.sandbox.close());

const flowThat = (body: string) => `import { flow, getRunLogger, sleep } from "orch";
export const work = flow(async function work() {
  getRunLogger().info("begun");
  ${body}
  getRunLogger().info("done");
});`;

async function startRun(deployment: string): Promise<string> {
  const { body } = await fleet.post(`/deployments/${deployment}/create_flow_run`, { state: { type: "SCHEDULED" } });
  const run: { id: string } = body;
  return run.id;
}

test("a first Ctrl-C takes no new work, says what it waits for, and lets it finish", async () => {
  const server = await fleet.startServer();
  const deployment = await fleet.deploy(flowThat("await sleep(1);"));
  const agent = await fleet.startAgent();
  await startRun(deployment);
  await agent.until(/begun/);
  const stopped = agent.stop("SIGINT");
  await agent.until(/Waiting for 1 flow run\(s\) to finish: '[a-z-]+'/);
  await startRun(deployment);
  expect(await stopped).toBe(0);
  expect(agent.output()).toContain("Agent stopped!");
  const states = (await fleet.runs()).map((run) => run.state_type);
  expect(states.toSorted()).toEqual(["COMPLETED", "SCHEDULED"]);
  await server.stop();
});

test("a second Ctrl-C stops the runs now: none is left running, nor anything they started", async () => {
  const server = await fleet.startServer();
  const deployment = await fleet.deploy(
    flowThat('const child = Bun.spawn(["sleep", "600"]); console.log("grandchild", child.pid); await sleep(600);'),
  );
  const agent = await fleet.startAgent();
  await startRun(deployment);
  const [, grandchild = ""] = await agent.until(/grandchild (\d+)/);
  const stopped = agent.stop("SIGINT");
  await agent.until(/Ctrl-C again stops them now/);
  process.kill(agent.pid, "SIGINT");
  await stopped;
  const [run] = await fleet.allFinal(60);
  expect(run?.state_type).toBe("CRASHED");
  expect(run?.state.message).toMatch(/interrupt|stopped/i);
  expect(() => process.kill(Number(grandchild), 0)).toThrow();
  await server.stop();
});

test("a server that goes away is said once, and nothing is lost meanwhile", async () => {
  const first = await fleet.startServer();
  const deployment = await fleet.deploy(flowThat("await sleep(2);"));
  const agent = await fleet.startAgent();
  const id = await startRun(deployment);
  await agent.until(/begun/);
  await first.stop("SIGKILL");
  await agent.until(/Lost the server/);
  await agent.until(/done/);
  const second = await fleet.startServer();
  const [run] = await fleet.allFinal(60);
  expect(run?.state_type).toBe("COMPLETED");
  expect(agent.output().match(/Lost the server/g)).toHaveLength(1);
  const logs = await fleet.sandbox.orch(["flow-run", "logs", id], { env: { ORCH_API_URL: fleet.url } });
  expect(logs.stdout).toContain("begun");
  expect(logs.stdout).toContain("done");
  await agent.stop();
  await second.stop();
});
