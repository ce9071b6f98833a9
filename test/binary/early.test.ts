// What is started before its server, on the compiled executable: it waits, says so once, and ends where waiting is no use.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createFleet, type Fleet } from "../faults/fleet.ts";
import type { Running } from "./sandbox.ts";

let fleet: Fleet;
beforeEach(() => {
  fleet = createFleet();
});
afterEach(() => fleet.sandbox.close());

const WAITING = /^No server is answering at (\S+)\. Start one with 'orch server start'\. Waiting for it; Ctrl-C ends/m;
const AGENT = ["agent", "start", "-q", "test"];
const WORKER = ["worker", "start", "-p", "pool", "--type", "process"];

function startEarly(args: string[]): Running {
  return fleet.sandbox.start(args, { ORCH_API_URL: fleet.url });
}

for (const args of [AGENT, WORKER]) {
  test(`R15: '${args[0]}' waits for its server, says so once, and works when it is there`, async () => {
    const early = startEarly(args);
    await early.until(WAITING);
    await fleet.startServer();
    await early.until(/The server at .* is there\.\n(?:.*\n)*.*started!/);
    expect(early.output().match(/Waiting for it/g)).toHaveLength(1);
    expect(await early.stop("SIGINT")).toBe(0);
  });

  test(`R15: Ctrl-C ends the wait of '${args[0]}' at once`, async () => {
    const early = startEarly(args);
    await early.until(WAITING);
    expect(await early.stop("SIGINT")).toBe(0);
    expect(early.output().trim().split("\n")).toHaveLength(1);
  });
}

test("R15: where there can be no server the agent ends with a sentence", async () => {
  const page = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("<html>welcome</html>") });
  const cases: [url: string, sentence: RegExp][] = [
    ["http://nowhere.invalid/api", /^The machine 'nowhere\.invalid' of .* is not known\. Check ORCH_API_URL\.$/m],
    [
      `http://127.0.0.1:${page.port}/api`,
      /^What answers at .* \(200\) is no API of orch or Prefect, but a web page: of a proxy /m,
    ],
  ];
  for (const [url, sentence] of cases) {
    const { code, stderr } = await fleet.sandbox.orch(AGENT, { env: { ORCH_API_URL: url } });
    expect(stderr).toMatch(sentence);
    expect(code).toBe(1);
  }
  await page.stop(true);
});

test("R15: an agent with a wrong key ends with a sentence", async () => {
  await fleet.startServer({ ORCH_SERVER_API_KEY: "right" });
  const env = { ORCH_API_URL: fleet.url, ORCH_API_KEY: "wrong", ORCH_HOME: fleet.sandbox.folder };
  const { code, stderr } = await fleet.sandbox.orch(AGENT, { env });
  expect([code, stderr.trim().split("\n")]).toEqual([1, [expect.stringMatching(/key/)]]);
});

test("R15: a run whose own address is dead says once what it waits for", async () => {
  await fleet.startServer();
  const deployment = await fleet.deploy(
    `import { flow } from "orch"; export const work = flow(async function work() {});`,
  );
  const dead = "http://127.0.0.1:1/api";
  await fetch(`${fleet.url}/deployments/${deployment}`, {
    method: "PATCH",
    body: JSON.stringify({ infra_overrides: { "env.ORCH_API_URL": dead } }),
  });
  const agent = await fleet.startAgent();
  await fleet.post(`/deployments/${deployment}/create_flow_run`, { state: { type: "SCHEDULED" } });
  await agent.until(/No server is answering at http:\/\/127\.0\.0\.1:1\/api\. .*The run waits for it\./);
});
