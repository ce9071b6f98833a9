// What the executable makes of the variables it finds around it: proxies, and variables that are set to nothing.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createWorld, type World } from "../page/world.ts";

let world: World;
const proxy = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: ({ url }) => new Response(`<p>${url}`, { status: 502 }),
});
const PROXY = `http://127.0.0.1:${proxy.port}`;
beforeAll(async () => {
  world = await createWorld();
  world.write(
    "p.ts",
    `import { flow, getRunLogger } from "orch";
export const asks = flow(async function asks() {
  getRunLogger().info(await (await fetch("http://elsewhere.invalid/x")).text());
});
`,
  );
});
afterAll(async () => {
  await world.close();
  await proxy.stop(true);
});

const NAMES = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"];
describe("D11: this machine is reached directly", () => {
  for (const name of NAMES) {
    for (const no of [{}, { NO_PROXY: "example.com" }, { no_proxy: "" }]) {
      test(`with ${name} and ${JSON.stringify(no)}`, async () => {
        const env = { ORCH_API_URL: world.url, [name]: PROXY, ...no };
        const { code, stderr } = await world.sandbox.orch(["deployment", "ls"], { env });
        expect([code, stderr]).toEqual([0, ""]);
      });
    }
  }
  test("by an agent and its runs, while a flow's own requests go through the proxy", async () => {
    const env = { ORCH_API_URL: world.url, http_proxy: PROXY };
    await world.sandbox.start(["agent", "start", "-q", "test"], env).until(/Looking for work/);
    await world.deployment("build", "-n", "d", "-q", "test", "-a", "p.ts:asks");
    const run = await world.run("asks/d");
    expect([run.state_type, await world.logs(run.id)]).toEqual([
      "COMPLETED",
      expect.stringContaining("<p>http://elsewhere.invalid/x"),
    ]);
    await world.deployment(
      "build",
      "-n",
      "o",
      "-q",
      "test",
      "-a",
      "p.ts:asks",
      "--override",
      `env.HTTP_PROXY=${PROXY}`,
    );
    expect((await world.run("asks/o")).state_type).toBe("COMPLETED");
  });
  test("a server elsewhere is asked through the proxy, and the error names it", async () => {
    const env = { ORCH_API_URL: "http://elsewhere.invalid/api", http_proxy: PROXY.replace("//", "//me:secret@") };
    const answered = await world.sandbox.orch(["deployment", "ls"], { env });
    expect([answered.code, answered.stderr]).toEqual([
      1,
      `The proxy ${PROXY} answered 502 for http://elsewhere.invalid/api. NO_PROXY=elsewhere.invalid reaches it directly.\n`,
    ]);
    const gone = await world.sandbox.orch(["deployment", "ls"], { env: { ...env, http_proxy: "http://127.0.0.1:9" } });
    expect([gone.code, gone.stderr]).toEqual([
      1,
      "No server is answering at http://elsewhere.invalid/api through the proxy http://127.0.0.1:9. NO_PROXY=elsewhere.invalid reaches it directly.\n",
    ]);
  });
});

describe("D12: a variable that is set to nothing counts as unset", () => {
  const EMPTY = Object.fromEntries(
    [
      ...["ORCH_API_URL", "ORCH_API_KEY", "ORCH_LOGGING_LEVEL", "ORCH_LOGGING_TO_API_ENABLED", "ORCH_HOME"],
      ...["ORCH_PROFILE", "ORCH_API_REQUEST_TIMEOUT", "ORCH_SERVER_CORS_ORIGINS", "ORCH_LOCAL_STORAGE_PATH"],
    ].flatMap((name, index) => [name, name.replace("ORCH", "PREFECT")].map((one) => [one, " ".repeat(index % 3)])),
  );
  const home = () => join(world.sandbox.home, ".orch");

  test("by every command, and config view does not show it", async () => {
    const view = await world.sandbox.orch(["config", "view"], { env: EMPTY });
    expect(view).toEqual({ code: 0, stderr: "", stdout: "ORCH_PROFILE='default'\n" });
    const { code, stderr } = await world.sandbox.orch(["deployment", "ls"], { env: EMPTY });
    expect([code, stderr]).toEqual([0, ""]);
    expect((await world.sandbox.orch(["doctor"], { env: EMPTY })).stdout).toContain("Sets nothing.");
  });
  test("the old name, then the profile, speak in its place", async () => {
    mkdirSync(home(), { recursive: true });
    writeFileSync(
      join(home(), "profiles.toml"),
      `active = "default"\n[profiles.default]\nORCH_LOGGING_LEVEL = "DEBUG"\nORCH_API_KEY = ""\nORCH_API_URL = "  "\n`,
    );
    const view = async (env: Record<string, string>) => (await world.sandbox.orch(["config", "view"], { env })).stdout;
    expect(await view({ ORCH_LOGGING_LEVEL: "" })).toBe(
      "ORCH_PROFILE='default'\nORCH_LOGGING_LEVEL='DEBUG' (from profile)\n",
    );
    expect(await view({ ORCH_LOGGING_LEVEL: "", PREFECT_LOGGING_LEVEL: "ERROR" })).toContain("'ERROR' (from env)");
  });
  test("config set refuses to set nothing, and says what does it", async () => {
    const { code, stderr } = await world.sandbox.orch(["config", "set", "ORCH_API_KEY="]);
    expect([code, stderr]).toEqual([
      1,
      "'ORCH_API_KEY=' has no value. 'orch config unset ORCH_API_KEY' removes a setting.\n",
    ]);
  });
});
