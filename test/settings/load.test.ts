import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings, parseSetting } from "#settings/load.ts";
import { readProfile, writeProfile } from "#settings/profiles.ts";
import { entryOf, SETTING_NAMES, settingName } from "#settings/table.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "orch-settings-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const load = (env: Record<string, string> = {}) => loadSettings({ ORCH_HOME: home, ...env });

describe("where a value comes from", () => {
  test("nothing set: the default", () => {
    const { settings, source } = load();
    expect(settings.ORCH_SERVER_API_PORT).toBe(4200);
    expect(settings.ORCH_API_URL).toBeNull();
    expect(settings.ORCH_LOCAL_STORAGE_PATH).toBe(join(home, "storage"));
    expect(source("ORCH_SERVER_API_PORT")).toBe("default");
  });

  test("a profile wins over the default, the environment over the profile", () => {
    writeProfile(join(home, "profiles.toml"), "default", { ORCH_SERVER_API_PORT: "5000", ORCH_API_KEY: "k" });
    expect(load().settings).toMatchObject({ ORCH_SERVER_API_PORT: 5000, ORCH_API_KEY: "k" });
    expect(load().source("ORCH_SERVER_API_PORT")).toBe("profile");
    const { settings, source } = load({ ORCH_SERVER_API_PORT: "6000" });
    expect(settings.ORCH_SERVER_API_PORT).toBe(6000);
    expect(source("ORCH_SERVER_API_PORT")).toBe("env");
  });

  test("PREFECT_X is an alias, and ORCH_X wins over it", () => {
    expect(load({ PREFECT_API_URL: "http://old/api" }).settings.ORCH_API_URL).toBe("http://old/api");
    const both = load({ PREFECT_API_URL: "http://old/api", ORCH_API_URL: "http://new/api" });
    expect(both.settings.ORCH_API_URL).toBe("http://new/api");
  });

  test("what was set on purpose is handed on as text, defaults are not", () => {
    expect(load({ PREFECT_AGENT_QUERY_INTERVAL: "2" }).explicit).toEqual({
      ORCH_HOME: home,
      ORCH_AGENT_QUERY_INTERVAL: "2",
    });
  });

  test("the home may begin with ~, which is the user's HOME", () => {
    expect(loadSettings({ HOME: "/home/ada" }).settings.ORCH_HOME).toBe("/home/ada/.orch");
    expect(loadSettings({ HOME: "/home/ada", ORCH_HOME: "~/x" }).settings.ORCH_HOME).toBe("/home/ada/x");
  });
});

const REFUSED: [name: "ORCH_SERVER_API_PORT" | "ORCH_LOGGING_LOG_PRINTS", text: string, sentence: RegExp][] = [
  ["ORCH_SERVER_API_PORT", "http", /ORCH_SERVER_API_PORT must be a number, not 'http'/],
  ["ORCH_SERVER_API_PORT", "", /ORCH_SERVER_API_PORT must be a number/],
  ["ORCH_SERVER_API_PORT", "-1", /at least 0/],
  ["ORCH_LOGGING_LOG_PRINTS", "perhaps", /true or false/],
];
for (const [name, text, sentence] of REFUSED) {
  test(`${name}=${JSON.stringify(text)} is refused: ${sentence.source}`, () => {
    expect(() => load({ [name]: text })).toThrow(sentence);
  });
}

test("booleans are read in all the spellings of the old settings", () => {
  for (const word of ["true", "1", "Yes", "ON"]) expect(parseSetting("ORCH_LOGGING_LOG_PRINTS", word)).toBe(true);
  for (const word of ["false", "0", "No", "OFF"]) expect(parseSetting("ORCH_LOGGING_LOG_PRINTS", word)).toBe(false);
});

describe("profiles.toml", () => {
  const path = () => join(home, "profiles.toml");

  test("keeps, changes and removes values, and is for its owner's eyes only", () => {
    writeProfile(path(), "default", { ORCH_API_KEY: 'quo"te', ORCH_API_URL: "http://x/api" });
    writeProfile(path(), "default", { ORCH_API_URL: null });
    expect(readProfile(path())).toEqual({ name: "default", values: { ORCH_API_KEY: 'quo"te' } });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  test("an old file with PREFECT_ names is read, its other profiles are kept", () => {
    writeFileSync(
      path(),
      'active = "prod"\n[profiles.prod]\nPREFECT_API_URL = "http://old/api"\n[profiles.other]\nX = "1"\n',
    );
    expect(load().settings.ORCH_API_URL).toBe("http://old/api");
    writeProfile(path(), "prod", { ORCH_API_KEY: "k" });
    expect(readFileSync(path(), "utf8")).toContain("other");
    expect(load().profile).toBe("prod");
  });

  test("an unknown profile and broken TOML are one sentence", () => {
    expect(() => load({ ORCH_PROFILE: "nope" })).toThrow("Unknown profile 'nope'.");
    writeFileSync(path(), "active = [");
    expect(() => load()).toThrow(/profiles\.toml' is not valid TOML/);
  });
});

test("every setting has a sentence, and the default of a number is not below its least value", () => {
  for (const name of SETTING_NAMES) {
    const { sentence, fallback, min } = entryOf(name);
    expect([name, sentence]).toEqual([name, expect.stringMatching(/^[A-Z].*\.$/)]);
    if (typeof fallback === "number") expect(fallback).toBeGreaterThanOrEqual(min ?? 0);
  }
});

test("settingName() knows both spellings", () => {
  expect(settingName("PREFECT_API_URL")).toBe("ORCH_API_URL");
  expect(settingName("ORCH_API_URLL")).toBeUndefined();
});
