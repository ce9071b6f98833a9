// `orch config validate`: sentences for what is wrong, today's names for what is old.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
  mkdirSync(terminal.home);
});
afterEach(() => terminal.close());

const path = () => join(terminal.home, "profiles.toml");
const profile = (...lines: string[]) => writeFileSync(path(), ["[profiles.default]", ...lines, ""].join("\n"));

test("a profile without problems is valid, and its file is left as it is", async () => {
  profile('ORCH_LOGGING_LEVEL = "DEBUG" # loud');
  expect(await terminal.orch("config", "validate")).toEqual({ code: 0, out: "Configuration valid!", err: "" });
  expect(readFileSync(path(), "utf8")).toContain("# loud");
});

test("old names become those of today; a value under today's name is the one that counts", async () => {
  profile(
    'PREFECT_API_URL = "http://127.0.0.1:1/api"',
    'ORCH_LOGGING_LEVEL = "DEBUG"',
    'PREFECT_LOGGING_LEVEL = "INFO"',
  );
  const { code, out } = await terminal.orch("config", "validate");
  expect([code, out.split("\n")]).toEqual([
    0,
    [
      "Updated 'PREFECT_API_URL' to 'ORCH_API_URL'.",
      "Updated 'PREFECT_LOGGING_LEVEL' to 'ORCH_LOGGING_LEVEL'.",
      "Configuration valid!",
    ],
  ]);
  const text = readFileSync(path(), "utf8");
  expect(text).not.toContain("PREFECT");
  expect(text).toContain('ORCH_LOGGING_LEVEL = "DEBUG"');
});

test("unknown names and unreadable values are sentences; the exit code is 1", async () => {
  profile('ORCH_API_UR = "x"', 'ORCH_SERVER_API_PORT = "many"', 'ORCH_HOME = "/elsewhere"');
  const { code, out, err } = await terminal.orch("config", "validate");
  expect([code, out, err.split("\n")]).toEqual([
    1,
    "",
    [
      "Unknown setting name 'ORCH_API_UR'. Did you mean 'ORCH_API_URL'?",
      "ORCH_SERVER_API_PORT must be a number, not 'many'.",
      "ORCH_HOME cannot be kept in a profile: set it as an environment variable.",
    ],
  ]);
});

test("--json says the same", async () => {
  profile('PREFECT_API_KEY = "k"', "ORCH_HEARTBEAT_SECONDS = 0");
  const { code, out } = await terminal.orch("config", "validate", "--json");
  expect([code, JSON.parse(out)]).toEqual([
    1,
    {
      profile: "default",
      valid: false,
      renamed: [{ from: "PREFECT_API_KEY", to: "ORCH_API_KEY" }],
      problems: ["ORCH_HEARTBEAT_SECONDS must be at least 0.1, not 0."],
    },
  ]);
});
