// Spare engines on the compiled executable: an agent keeps one, a run in it is like any other, and it ends with its agent.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { systemClock } from "#lib/clock.ts";
import { eventually } from "../eventually.ts";
import { createFleet, type Fleet } from "../faults/fleet.ts";

let fleet: Fleet;
beforeEach(() => {
  fleet = createFleet();
});
afterEach(() => fleet.sandbox.close());

const WORK = `import { readFileSync } from "node:fs";
import { flow } from "orch";
export const work = flow(async function work() {
  const stdin = readFileSync(0, "utf8");
  console.log("seen", JSON.stringify({ pid: process.pid, words: process.argv.slice(2), stdin, id: process.env.PREFECT__FLOW_RUN_ID }));
});`;

const UNTIL_SIGNAL = `import { flow } from "orch";
export const work = flow(async function work() {
  const signal = new Promise((resolve) => process.once("SIGUSR1", resolve));
  const alive = setInterval(() => {}, 1_000);
  console.log("begun", process.pid);
  await signal;
  clearInterval(alive);
});`;

/** The agent's engine that waits for a run. `busy` is one that has got its run. */
async function spareOf(agent: number, busy?: string): Promise<number> {
  return eventually(() => {
    const children = readFileSync(`/proc/${agent}/task/${agent}/children`, "utf8").split(" ").filter(Boolean);
    const spare = children.find((pid) => pid !== busy && commandOf(Number(pid)).endsWith("engine --spare"));
    return spare !== undefined && Number(spare);
  }, "the agent has started a spare engine");
}

/** Empty for a process that is gone. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

async function startRun(deployment: string): Promise<string> {
  const { body } = await fleet.post(`/deployments/${deployment}/create_flow_run`, { state: { type: "SCHEDULED" } });
  return (body as { id: string }).id; // the API's own shape
}

test("a run executes in the spare engine as in a process that was started for it", async () => {
  const server = await fleet.startServer();
  const deployment = await fleet.deploy(WORK);
  const agent = await fleet.startAgent();
  const spare = await spareOf(agent.pid);
  const id = await startRun(deployment);
  const [, text = ""] = await agent.until(/seen (\{.*\})/);
  expect(JSON.parse(text)).toEqual({ pid: spare, words: [], stdin: "", id: id.replaceAll("-", "") });
  await agent.until(/finished in state Completed/);
  expect(await spareOf(agent.pid)).not.toBe(spare);
  await agent.stop("SIGINT");
  await server.stop();
});

test("an agent that is killed leaves no spare engine behind", async () => {
  const server = await fleet.startServer();
  await fleet.deploy(WORK);
  const agent = await fleet.startAgent();
  const spare = await spareOf(agent.pid);
  await agent.stop("SIGKILL");
  for (let look = 0; look < 500 && commandOf(spare) !== ""; look += 1) await systemClock.sleep(10);
  expect(commandOf(spare)).toBe("");
  await server.stop();
});

test("an agent that waits for its last runs keeps no spare engine", async () => {
  const server = await fleet.startServer();
  const deployment = await fleet.deploy(UNTIL_SIGNAL);
  const agent = await fleet.startAgent();
  await startRun(deployment);
  const [, pid] = await agent.until(/begun (\d+)/);
  const spare = await spareOf(agent.pid, pid);
  const stopped = agent.stop("SIGINT");
  await agent.until(/Waiting for 1 flow run/);
  for (let look = 0; look < 500 && commandOf(spare) !== ""; look += 1) await systemClock.sleep(10);
  expect(commandOf(spare)).toBe("");
  process.kill(Number(pid), "SIGUSR1");
  await stopped;
  await server.stop();
});

test("a setting of 0 means none", async () => {
  const server = await fleet.startServer();
  const deployment = await fleet.deploy(WORK);
  await fleet.sandbox.orch(["config", "set", "ORCH_AGENT_SPARE_ENGINES=0"]);
  const agent = await fleet.startAgent();
  const id = await startRun(deployment);
  const [, text = ""] = await agent.until(/seen (\{.*\})/);
  expect(JSON.parse(text)).toMatchObject({ words: [], id: id.replaceAll("-", "") });
  await agent.stop("SIGINT");
  await server.stop();
});

const ORDERS: [what: string, stdin: string, code: number, said: RegExp][] = [
  ["no order", "", 0, /^$/],
  ["an order that is no JSON", "run it\n", 2, /^A spare engine reads one line of JSON/],
  ["an order without a folder", '{"environment":{}}\n', 2, /^A spare engine reads one line of JSON/],
  [
    "a folder that is not there",
    '{"environment":{},"folder":"/nowhere/at/all"}\n',
    1,
    /'\/nowhere\/at\/all' cannot be entered/,
  ],
];
for (const [what, stdin, code, said] of ORDERS) {
  test(`by hand: ${what} ends with ${code}`, async () => {
    const found = await fleet.sandbox.orch(["engine", "--spare"], { stdin });
    expect(found.stderr).toMatch(said);
    expect(found.code).toBe(code);
  });
}
