// What an agent's unit knows of its server: whose settings it gets, the file that they are kept in, and what is refused before.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  removeAgentSettings,
  settingsOfCaller,
  settingsOfUnit,
  writeAgentSettings,
} from "#cli/service/agent-settings.ts";
import { unitText } from "#cli/service/unit.ts";
import { loadSettings } from "#settings/load.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
});
afterEach(() => terminal.close());

const URL = "http://server:4200/api";
const AGENT_OF_SYSTEM = { what: "agent", isSystem: true } as const;

test("the key is in a file that its owner alone reads, also where one was open to all; the unit names the file", () => {
  const path = join(terminal.folder, "etc/orch/agent.env");
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "old", { mode: 0o644 });
  const kept = writeAgentSettings({ ORCH_API_URL: URL, ORCH_API_KEY: 'a"b\\c$d' }, path);
  expect(kept).toEqual(["ORCH_API_URL", "ORCH_API_KEY"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  // As systemd reads it: in quotes a backslash takes the next letter as it is.
  expect(readFileSync(path, "utf8")).toContain(`\nORCH_API_URL="${URL}"\nORCH_API_KEY="a\\"b\\\\c\\$d"\n`);
  const loaded = loadSettings({ HOME: terminal.folder, ORCH_API_URL: URL, ORCH_API_KEY: "secret" });
  const unit = unitText({ unit: AGENT_OF_SYSTEM, words: ["-q", "test"], user: "daemon", loaded });
  expect(unit).toContain("\nEnvironmentFile=-/etc/orch/agent.env\n");
  expect(unit).not.toMatch(/secret|ORCH_API_URL/);
  expect([removeAgentSettings(path), existsSync(join(path, "..")), removeAgentSettings(path)]).toEqual([
    true,
    false,
    false,
  ]);
});

test("settings that name no server leave the file as it is", () => {
  const path = join(terminal.folder, "agent.env");
  expect(writeAgentSettings({ ORCH_API_URL: null, ORCH_API_KEY: "key" }, path)).toEqual([]);
  expect(existsSync(path)).toBe(false);
});

test("under sudo the server is that of the person who called it, unless root has one", () => {
  const [root, ada, bin] = ["root", "ada", "bin"].map((name) => join(terminal.folder, name)) as [
    string,
    string,
    string,
  ]; // three
  for (const folder of [join(root, ".orch"), join(ada, ".orch"), bin]) mkdirSync(folder, { recursive: true });
  const profile = `[profiles.default]\nORCH_API_URL = "${URL}"\nORCH_API_KEY = "of ada"\n`;
  writeFileSync(join(ada, ".orch/profiles.toml"), profile);
  const getent = `#!/bin/sh\n[ "$1 $2" = "passwd ada" ] && echo "ada:x:1000:1000:Ada:${ada}:/bin/sh"\n`;
  writeFileSync(join(bin, "getent"), getent, { mode: 0o755 });
  const env = { HOME: root, PATH: bin, SUDO_USER: "ada" };
  const keyFor = (given: Record<string, string>) =>
    settingsOfCaller(loadSettings(given), { ...env, ...given }).settings.ORCH_API_KEY;
  expect(keyFor(env)).toBe("of ada");
  expect(keyFor({ ...env, SUDO_USER: "bob" })).toBe(null);
  expect(keyFor({ ...env, ORCH_API_URL: "http://other/api", ORCH_API_KEY: "of root" })).toBe("of root");
});

test("an agent of a user finds what its home has, not what this shell has", () => {
  const loaded = loadSettings({ HOME: terminal.folder, ORCH_API_URL: URL, ORCH_API_KEY: "of the shell" });
  const found = (isSystem: boolean) => settingsOfUnit({ what: "agent", isSystem }, loaded);
  expect(found(false)).toMatchObject({ ORCH_API_URL: URL, ORCH_API_KEY: null, ORCH_HOME: loaded.settings.ORCH_HOME });
  expect(found(true)).toMatchObject({ ORCH_API_URL: URL, ORCH_API_KEY: "of the shell", ORCH_HOME: "/var/lib/orch" });
});

test.skipIf(process.platform !== "linux")(
  "a key that the server refuses is said before anything is written",
  async () => {
    const server = Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0 },
      fetch: ({ headers }) =>
        headers.get("authorization") === "Bearer right" ? Response.json("0.8.4") : new Response("", { status: 401 }),
    });
    try {
      const install = () => terminal.orch("service", "install", "agent", "--agent", "test", "--no-start");
      const unit = join(terminal.folder, ".config/systemd/user/orch-agent.service");
      await terminal.orch("config", "set", `ORCH_API_URL=http://127.0.0.1:${server.port}/api`);
      for (const [key, says] of [
        [undefined, "asks for a key, and none is set. Nothing was written."],
        ["wrong", "does not take the key that is set. Nothing was written."],
      ] as const) {
        if (key) await terminal.orch("config", "set", `ORCH_API_KEY=${key}`);
        const { code, err } = await install();
        expect([code, err]).toEqual([1, expect.stringContaining(says)]);
        expect(existsSync(unit)).toBe(false);
      }
      await terminal.orch("config", "set", "ORCH_API_KEY=right");
      expect((await install()).code).toBe(0);
      expect(readFileSync(unit, "utf8")).not.toContain("right");
    } finally {
      server.stop(true);
    }
  },
);
