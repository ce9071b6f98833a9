// C2: every address that orch prints answers, however its server was started.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createSandbox, type Sandbox } from "./sandbox.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.close());

const KEY = { ORCH_SERVER_API_KEY: "k", ORCH_API_KEY: "k" };
const WAYS: [how: string, options: string[], env: Record<string, string>, pages: boolean][] = [
  ["as usual", [], {}, true],
  ["with a key", [], KEY, true],
  ["for all addresses", ["--host", "0.0.0.0"], KEY, true],
  ["below a path", [], { ORCH_UI_BASE_PATH: "/orch" }, true],
  ["without the web UI", ["--no-ui"], {}, false],
];
for (const [how, options, env, pages] of WAYS) {
  test(`C2: a server started ${how}`, async () => {
    const server = sandbox.start(["server", "start", "--port", "0", ...options], env);
    await server.until(/reference is at \S+/);
    if (pages) await server.until(/web UI at \S+/);
    await sandbox.orch(["init", "."]);
    const build = ["deployment", "build", "-n", "m", "-q", "test", "-a", "--skip-upload", "flows/marvin.ts:sayHi"];
    const printed = [server.output()];
    for (const words of [
      build,
      ["deployment", "run", "say-hi/m"],
      ["block", "create", "secret"],
      ["server", "status"],
    ]) {
      const { code, stdout, stderr } = await sandbox.orch(words, { env });
      expect([words, code]).toEqual([words, 0]);
      printed.push(stdout, stderr);
    }
    const found = new Set(printed.join("\n").match(/https?:\/\/[^\s,')]+/g));
    expect([...found].some((address) => address.includes("/flow-runs/flow-run/"))).toBe(pages);
    expect(found.size).toBeGreaterThanOrEqual(3);
    for (const address of found) {
      const { status } = await fetch(address, { headers: { authorization: "Bearer k" } });
      expect([address, status]).toEqual([address, 200]);
    }
    expect(await server.stop()).toBe(0);
  });
}
