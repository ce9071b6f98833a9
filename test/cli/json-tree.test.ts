// Every command of the tree that prints data prints one JSON document with --json: on an empty home, on one with something
// in it, and nothing on standard output when it fails.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyCommand, Load } from "#cli/kit/command.ts";
import { COMMANDS, GROUPS } from "#cli/tree.ts";
import { type TestTerminal, testTerminal } from "./io.ts";

/** Commands that do something and print what they did, or stay until they are stopped: there is no data to print. */
const WITHOUT_JSON = new Set([
  ...["dev", "init", "run", "python", "types", "completion", "server start", "agent start", "worker start"],
  ...["server database backup", "server database restore", "server database reset", "server database vacuum"],
  ...["server database upgrade", "server database downgrade", "service install", "service uninstall"],
  ...["block register", "notification pause", "notification resume"],
  ...["config set", "config unset", "profile create", "profile use", "profile delete", "profile rename"],
]);

const ALL: [name: string, load: Load][] = [
  ...Object.entries(COMMANDS),
  ...Object.entries(GROUPS).flatMap(([group, { commands }]) =>
    Object.entries(commands).map(([name, load]): [string, Load] => [`${group} ${name}`, load]),
  ),
];
const isList = (name: string) => / ls$/.test(name);

test("every command has --json, or a reason to have none", async () => {
  for (const [name, load] of ALL) {
    const { options }: AnyCommand = await load();
    expect([name, "json" in options]).toEqual([name, !WITHOUT_JSON.has(name)]);
  }
});

test("C13: every list has --wide", async () => {
  for (const [name, load] of ALL.filter(([one]) => isList(one))) {
    expect([name, "wide" in (await load()).options]).toEqual([name, true]);
  }
});

describe("on an empty home", () => {
  let empty: TestTerminal;
  beforeAll(() => {
    empty = testTerminal();
  });
  afterAll(() => empty.close());

  for (const [name] of ALL.filter(([one]) => isList(one))) {
    test(`${name} --json is a list, and without --json it says what makes the first`, async () => {
      const { code, out, err } = await empty.orch(...name.split(" "), "--json");
      expect([code, err, Array.isArray(JSON.parse(out))]).toEqual([0, "", true]);
      if (JSON.parse(out).length > 0) return; // block types and profiles are always there
      const shown = await empty.orch(...name.split(" "));
      expect([shown.code, shown.err]).toEqual([0, ""]);
      expect(shown.out).toMatch(/^(?:There (?:are|is) no|No) .*\..*(?:orch |[Ff]lows? )/s);
    });
  }

  for (const name of ["version", "config view", "config validate", "server status", "server database stats"]) {
    test(`${name} --json is one document`, async () => {
      const { out, err } = await empty.orch(...name.split(" "), "--json");
      expect([err, typeof JSON.parse(out)]).toEqual(["", "object"]);
    });
  }
});

describe("when nothing answers, standard output is empty, one sentence is on the other, and the code is not 0", () => {
  let lost: TestTerminal;
  beforeAll(() => {
    lost = testTerminal({ ORCH_API_URL: "http://127.0.0.1:1/api" });
    const flow = 'import { flow } from "orch";\nexport const b = flow(async function b() {}, { name: "a" });\n';
    writeFileSync(join(lost.folder, "a.ts"), flow);
    writeFileSync(
      join(lost.folder, "a.yaml"),
      "name: b\nflow_name: a\ninfrastructure: {type: process}\nentrypoint: a.ts:b\nparameter_openapi_schema: {}\n",
    );
  });
  afterAll(() => lost.close());

  const ID = "01234567-89ab-cdef-0123-456789abcdef";
  const ARGUMENTS: Record<string, string[]> = {
    "artifact delete": ["x", "--yes"],
    "block create": ["secret", "--name", "x", "--field", "value=x"],
    "block delete": ["secret/x", "--yes"],
    "block inspect": ["secret/x"],
    "block type delete": ["secret", "--yes"],
    "concurrency-limit create": ["x", "1"],
    "deployment apply": ["a.yaml"],
    "deployment build": ["a.ts:b", "-n", "b"],
    "deployment delete": ["a/b", "--yes"],
    "deployment run": ["a/b"],
    "deployment set-schedule": ["a/b", "--none"],
    "notification create": ["--state", "Failed", "--type", "slack-webhook", "--field", "url=https://x.invalid"],
    "notification delete": [ID, "--yes"],
    "notification test": [ID],
    "variable set": ["x", "1"],
    "work-pool set-concurrency-limit": ["x", "1"],
    "work-queue set-concurrency-limit": ["x", "1"],
  };
  /** Of these nothing is asked of an API. */
  const LOCAL = /^(?:adopt|check|doctor|version|licenses|config|profile|server|service|flow run$)/;

  for (const [name, load] of ALL.filter(([one]) => !WITHOUT_JSON.has(one) && !LOCAL.test(one))) {
    test(name, async () => {
      const { options }: AnyCommand = await load();
      const places = Object.values(options).filter((option) => Object(option).type === "positional");
      const words = ARGUMENTS[name] ?? places.map(() => (name.startsWith("deployment") ? "a/b" : "x"));
      const yes = "yes" in options && !words.includes("--yes") ? ["--yes"] : [];
      const { code, out, err } = await lost.orch(...name.split(" "), ...words, ...yes, "--json");
      expect([out, code]).toEqual(["", 1]);
      expect(err.split("\n")).toHaveLength(1);
      expect(err).toContain("http://127.0.0.1:1/api");
    });
  }
});
