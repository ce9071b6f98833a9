// Who may call a server: those with its key, when it has one, and no web page of somebody else.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { join } from "node:path";
import { createSandbox, type Running } from "./sandbox.ts";

const KEY = "open-sesame";
const sandbox = createSandbox();
let server: Running;
let url = "";
beforeAll(async () => {
  server = sandbox.start(["server", "start", "--port", "0", "--agent", "test"], { ORCH_SERVER_API_KEY: KEY });
  [, url = ""] = await server.until(/(http:\/\/127\.0\.0\.1:\d+)/);
});
afterAll(() => sandbox.close());

const env = () => ({ ORCH_API_URL: `${url}/api`, ORCH_API_KEY: KEY });

test("without the key a command is told what is missing", async () => {
  const { code, stderr } = await sandbox.orch(["deployment", "ls"], { env: { ORCH_API_URL: `${url}/api` } });
  expect(stderr).toContain("ORCH_API_KEY");
  expect(code).toBe(1);
});

test("with the key everything works, the server's own agent and its runs included", async () => {
  await sandbox.orch(["init", "."]);
  const build = ["deployment", "build", "-n", "marvin", "-q", "test", "-a", "flows/marvin.ts:sayHi"];
  expect((await sandbox.orch(build, { env: env() })).code).toBe(0);
  await sandbox.orch(["deployment", "run", "say-hi/marvin", "--param", "name=Ada"], { env: env() });
  await server.until(/hi Ada/);
  await server.until(/finished in state Completed/);
});

test("the key stands in no log and in no list", async () => {
  expect(server.output()).not.toContain(KEY);
  const view = await sandbox.orch(["config", "view"], { env: { ORCH_SERVER_API_KEY: KEY } });
  expect(view.stdout).toContain("ORCH_SERVER_API_KEY='********'");
});

const REFUSED: [who: string, headers: Record<string, string>, status: number][] = [
  ["a page of another site", { origin: "https://evil.example", authorization: `Bearer ${KEY}` }, 403],
  ["a host name that is not ours", { host: "evil.example", authorization: `Bearer ${KEY}` }, 403],
  ["a wrong key", { authorization: "Bearer guess" }, 401],
];
for (const [who, headers, status] of REFUSED) {
  test(`${who} is refused`, async () => {
    const answer = await fetch(`${url}/api/flows/`, { method: "POST", headers, body: '{"name": "x"}' });
    expect(answer.status).toBe(status);
  });
}

test("it is watched without the key, but not measured", async () => {
  const status = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(url + path, { headers })).status;
  expect([await status("/api/health"), await status("/api/ready"), await status("/metrics")]).toEqual([200, 200, 401]);
  const page = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${KEY}` } });
  const text = await page.text();
  expect(text).toMatch(/^orch_loop_passes_total\{loop="scheduler"\} [1-9]/m);
  expect(text).toMatch(/^orch_flow_runs\{state="COMPLETED"\} \d/m);
});

test("an address that everybody reaches needs no key where --no-auth says so, aloud", async () => {
  const open = sandbox.start(["server", "start", "--host", "0.0.0.0", "--port", "0", "--no-auth"], {
    ORCH_HOME: `${sandbox.folder}/open`,
    ORCH_SERVER_ALLOWED_HOSTS: "orch.example",
  });
  const [, port] = await open.until(/http:\/\/0\.0\.0\.0:(\d+)/);
  await open.until(
    /No API key is required \(--no-auth\): everyone who can reach this address can read and change everything/,
  );
  const status = async (host: string) =>
    (await fetch(`http://127.0.0.1:${port}/api/version`, { headers: { host } })).status;
  expect([await status("192.0.2.7:4200"), await status("Orch.Example"), await status("evil.example")]).toEqual([
    200, 200, 403,
  ]);
  expect(await open.stop()).toBe(0);
});

test("a connection whose headers do not come, be it silent or busy, is closed", async () => {
  const { port } = new URL(url);
  const closed = (begin: string, again: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => socket.write(begin));
      const more = setInterval(() => socket.write(again), 500);
      socket.on("error", () => {});
      socket.on("close", () => {
        clearInterval(more);
        resolve();
      });
    });
  await Promise.all([closed("GET /api/health HTTP/1.1\r\n", ""), closed("GET /api/health HTTP/1.1\r\n", "X: 1\r\n")]);
}, 120_000);

test("an open address without a key is refused at the start", async () => {
  const env = { ORCH_HOME: join(sandbox.home, "keyless") };
  const { code, stderr } = await sandbox.orch(["server", "start", "--host", "0.0.0.0", "--port", "0"], { env });
  expect(stderr).toContain("ORCH_SERVER_API_KEY");
  expect(code).toBe(1);
});
