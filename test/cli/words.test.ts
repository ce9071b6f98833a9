// Words that are no commands, options, settings or names, though they look like some.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS, GROUPS } from "#cli/tree.ts";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());

const REFUSED: [words: string[], code: number, sentence: string][] = [
  [["constructor"], 2, "No such command: 'constructor'."],
  [["toString", "--help"], 2, "No such command: 'toString'."],
  [["deployment", "valueOf"], 2, "No such command of 'orch deployment': 'valueOf'."],
  [["config", "set", "constructor=1"], 1, "Unknown setting name 'constructor'."],
  [["config", "set", "ORCH_HOME=/elsewhere"], 1, "ORCH_HOME cannot be kept in a profile"],
  [["deployment", "inspect", "say-hi/a/b"], 1, "Expected '<flow-name>/<deployment-name>'"],
  [["deployment", "run", "say-hi/"], 1, "Expected '<flow-name>/<deployment-name>'"],
  [["orion", "strt"], 2, "No such command of 'orch server': 'strt'. Did you mean 'start'?"],
  [["completion", "zs"], 2, "'zs' is not one of bash, zsh, fish. Did you mean 'zsh'?"],
  [["deployment", "--paus"], 2, "No such command of 'orch deployment': '--paus'."],
  [["dev", "--port", "abc"], 1, "--port must be a whole number from 0 to 65535, not 'abc'."],
  [["server", "start", "--port", "99999"], 1, "not '99999'"],
  [["agent", "-q", "t", "--limit", "0"], 1, "--limit must be a whole number of at least 1"],
  [
    ["agent", "-q", "t", "--prefetch-seconds", "-1"],
    1,
    "--prefetch-seconds must be a whole number of at least 0, not '-1'.",
  ],
  [["flow-run", "ls", "--limit", "many"], 1, "--limit must be a whole number"],
  [["flow-run", "logs", "0191e5a0-0000-7000-8000-00000000000a", "-n", "0"], 1, "--num-logs must be"],
];
for (const [words, expected, sentence] of REFUSED) {
  test(`orch ${words.join(" ")} is refused: ${sentence}`, async () => {
    const { code, err } = await terminal.orch(...words);
    expect([code, err]).toEqual([expected, expect.stringContaining(sentence)]);
    expect(err.split("\n")).toHaveLength(1);
  });
}

test("a deployment that is not there is told with the nearest that is", async () => {
  writeFileSync(
    join(terminal.folder, "near.yaml"),
    "name: morning\nflow_name: say-hi\ninfrastructure: {type: process}\nentrypoint: a.ts:sayHi\npath: /srv\n" +
      "parameter_openapi_schema: {}\n",
  );
  expect((await terminal.orch("deployment", "apply", "near.yaml")).code).toBe(0);
  for (const command of ["inspect", "run", "delete"]) {
    expect((await terminal.orch("deployment", command, "sayhi/mornin")).err).toBe(
      "Deployment 'sayhi/mornin' not found! Did you mean 'say-hi/morning'?",
    );
  }
  expect((await terminal.orch("deployment", "inspect", "far/away")).err).toContain("'orch deployment ls' lists");
});

test("an agent may start runs at their time and not before", async () => {
  const { code, out } = await terminal.orch("agent", "-q", "t", "--prefetch-seconds", "0", "--run-once");
  expect([code, out]).toEqual([0, expect.stringContaining("Agent stopped!")]);
});

describe("a profile with a value that cannot be read", () => {
  const path = () => join(terminal.home, "profiles.toml");
  const spoil = () => {
    mkdirSync(terminal.home, { recursive: true });
    writeFileSync(path(), '[profiles.default]\nORCH_SERVER_API_PORT = "abc"\n');
  };

  test("stops a command with the setting and the file", async () => {
    spoil();
    const { code, err } = await terminal.orch("deployment", "ls");
    expect([code, err]).toEqual([1, expect.stringContaining(`not 'abc'. It is set so in '${path()}'.`)]);
  });

  for (const words of [
    ["set", "ORCH_SERVER_API_PORT=4300"],
    ["unset", "ORCH_SERVER_API_PORT"],
  ]) {
    test(`is mended by config ${words.join(" ")}`, async () => {
      spoil();
      expect((await terminal.orch("config", ...words)).code).toBe(0);
      expect(readFileSync(path(), "utf8")).not.toContain("abc");
      expect((await terminal.orch("config", "view")).code).toBe(0);
    });
  }
});

test("the usual ways of showing settings can be named", async () => {
  const { code, out } = await terminal.orch("config", "view", "--hide-defaults", "--show-sources", "--hide-secrets");
  expect([code, out]).toEqual([0, expect.stringContaining("ORCH_PROFILE='default'")]);
});

test("every command in the tree can be loaded and says what it does", async () => {
  const loaders = [
    ...Object.values(COMMANDS),
    ...Object.values(GROUPS).flatMap((group) => Object.values(group.commands)),
  ];
  for (const load of loaders) {
    const { description, run } = await load();
    expect([description, typeof run]).toEqual([expect.stringMatching(/^[A-Z].*\.$/), "function"]);
  }
});
