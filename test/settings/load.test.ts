import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeProfile } from "#settings/edit-profiles.ts";
import { loadSettings, parseSetting } from "#settings/load.ts";
import { readProfile } from "#settings/profiles.ts";
import { entryOf, SETTING_NAMES, type SettingName, settingName, shownValue } from "#settings/table.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "orch-settings-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const load = (env: Record<string, string> = {}) => loadSettings({ ORCH_HOME: home, ...env });

const SHOWN: [name: string, value: string | number | null, shown: string | number | null][] = [
  ["ORCH_API_KEY", "k", "********"],
  ["PREFECT_SERVER_API_KEY", "k", "********"],
  ["ORCH_API_KEY", null, null],
  ["ORCH_SERVER_API_PORT", 4200, 4200],
  ["ORCH_API_URL", "https://me:secret@host/api", "https://me:********@host/api"],
  ["ORCH_API_URL", "https://host/api?a=b:c@d", "https://host/api?a=b:c@d"],
  ["PREFECT_API_DATABASE_CONNECTION_URL", "postgresql+asyncpg://u:p%40@db/x", "postgresql+asyncpg://u:********@db/x"],
  ["MY_TOKEN", "t", "********"],
  ["ORCH_HOME", "/srv", "/srv"],
];
for (const [name, value, shown] of SHOWN) {
  test(`R16: ${name}=${value} is shown as ${shown}`, () => expect(shownValue(name, value)).toBe(shown));
}

test("R16: a profile of any text can be read again", () => {
  const path = join(home, "profiles.toml");
  const value = "\x7f\x1b\x00\u2028\ud800'\"\\\n";
  writeProfile(path, "a\x7f", { ORCH_API_KEY: value, "odd name": "x" });
  expect(readProfile(path, "a\x7f").values).toEqual({ ORCH_API_KEY: value.toWellFormed(), "odd name": "x" });
});

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

  test("an empty home is no home: the files of orch are not strewn over the folder a command is run in", () => {
    expect(loadSettings({ HOME: "/home/ada", ORCH_HOME: "" }).settings.ORCH_HOME).toBe("/home/ada/.orch");
  });

  test("a home in a profile is not heeded: the profile lies in another", () => {
    writeFileSync(join(home, "profiles.toml"), '[profiles.default]\nORCH_HOME = "/elsewhere"\n');
    expect(load().settings.ORCH_HOME).toBe(home);
    expect(loadSettings({ PREFECT_HOME: home }).source("ORCH_HOME")).toBe("env");
  });

  test("the home may begin with ~, which is the user's HOME", () => {
    expect(loadSettings({ HOME: "/home/ada" }).settings.ORCH_HOME).toBe("/home/ada/.orch");
    expect(loadSettings({ HOME: "/home/ada", ORCH_HOME: "~/x" }).settings.ORCH_HOME).toBe("/home/ada/x");
  });
});

const REFUSED: [name: SettingName, text: string, sentence: RegExp][] = [
  ["ORCH_SERVER_API_PORT", "http", /ORCH_SERVER_API_PORT must be a number, not 'http'/],
  ["ORCH_SERVER_API_PORT", "-1", /at least 0/],
  ["ORCH_SERVER_API_PORT", "65536", /at most 65535, not 65536/],
  ["ORCH_API_DEFAULT_LIMIT", "50", /at least 200/],
  ["ORCH_API_URL", "foo", /ORCH_API_URL must be a web address such as .*, not 'foo'/],
  ["ORCH_API_URL", "http://", /ORCH_API_URL must be a web address/],
  ["ORCH_API_URL", "ftp://host/api", /ORCH_API_URL must be a web address/],
  [
    "ORCH_DEFAULT_RESULT_STORAGE_BLOCK",
    "dev",
    /ORCH_DEFAULT_RESULT_STORAGE_BLOCK must be a storage block such as .*, not 'dev'/,
  ],
  ["ORCH_LOGGING_LEVEL", "LOUD", /ORCH_LOGGING_LEVEL must be one of DEBUG, .*, not 'LOUD'/],
  ["ORCH_LOGGING_TO_API_ENABLED", "perhaps", /true or false/],
];
test("D12: every setting that is blank counts as unset", () => {
  for (const blank of ["", " ", "\t\n"]) {
    const blanks = Object.fromEntries(SETTING_NAMES.map((name) => [name, blank]));
    const { explicit, settings } = loadSettings({ ...blanks, HOME: "/home/ada" });
    expect([explicit, settings]).toEqual([{}, loadSettings({ HOME: "/home/ada" }).settings]);
  }
});

for (const [name, text, sentence] of REFUSED) {
  test(`${name}=${JSON.stringify(text)} is refused: ${sentence.source}`, () => {
    expect(() => load({ [name]: text })).toThrow(sentence);
  });
}

const TAKEN: [name: SettingName, text: string][] = [
  ["ORCH_API_URL", "https://orch.example/api"],
  ["ORCH_API_URL", "http://127.0.0.1:4200/api"],
  ["ORCH_LOGGING_LEVEL", "debug"],
  ["ORCH_LOGGING_LEVEL", "15"],
];
for (const [name, text] of TAKEN) {
  test(`${name}=${text} is taken as it is`, () => expect(parseSetting(name, text)).toBe(text));
}

test("booleans are read in all the spellings of the old settings", () => {
  for (const word of ["true", "1", "Yes", "ON"]) expect(parseSetting("ORCH_LOGGING_TO_API_ENABLED", word)).toBe(true);
  for (const word of ["false", "0", "No", "OFF"]) expect(parseSetting("ORCH_LOGGING_TO_API_ENABLED", word)).toBe(false);
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

  test("a value that cannot be read is said with its file, and is as if unset for those who mend it", () => {
    writeFileSync(path(), '[profiles.default]\nORCH_SERVER_API_PORT = "abc"\n');
    expect(() => load()).toThrow(`ORCH_SERVER_API_PORT must be a number, not 'abc'. It is set so in '${path()}'.`);
    expect(loadSettings({ ORCH_HOME: home }, { mending: true }).settings.ORCH_SERVER_API_PORT).toBe(4200);
    expect(() => loadSettings({ ORCH_HOME: home, ORCH_SERVER_API_PORT: "x" }, { mending: true })).toThrow("'x'");
  });

  test("a profile is not found under a name that every object has", () => {
    writeFileSync(path(), "");
    expect(() => load({ ORCH_PROFILE: "constructor" })).toThrow("Unknown profile 'constructor'.");
  });

  test("where no file can be written is one sentence", () => {
    writeFileSync(join(home, "file"), "");
    const inFile = join(home, "file/profiles.toml");
    expect(() => writeProfile(inFile, "default", {})).toThrow(
      `'${inFile}' cannot be used: a part of its path is a file, not a folder.`,
    );
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
  expect(settingName("constructor")).toBeUndefined();
});

test("every setting is read somewhere: none can be set in vain", async () => {
  const files = [...new Bun.Glob("src/**/*.ts").scanSync()].filter((file) => !file.startsWith("src/settings/"));
  const sources = (await Promise.all(files.map((file) => Bun.file(file).text()))).join("\n");
  expect(SETTING_NAMES.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
});
