// What people type instead of a command, and the pages that explain what there is.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SECTIONS } from "#cli/help.ts";
import { COMMANDS, GROUPS } from "#cli/tree.ts";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());

describe("C19: the command that was probably meant is named", () => {
  const CASES: [typed: string, meant: string][] = [
    ["deployment rm", "delete"],
    ["deployment list", "ls"],
    ["deployment show", "inspect"],
    ["deployment create", "build"],
    ["deployment trigger", "run"],
    ["flow-run show", "inspect"],
    ["flow-run log", "logs"],
    ["flow-run tail", "logs"],
    ["flow-run kill", "cancel"],
    ["flow-run rerun", "retry"],
    ["variable create", "set"],
    ["logs", "orch flow-run logs"],
    ["status", "orch server status"],
    ["stop", "orch server stop"],
    ["start", "orch server start"],
    ["ls", "orch deployment ls"],
    ["apply", "orch deployment apply"],
    ["retry", "orch flow-run retry"],
    ["list", "orch deployment ls"],
    ["deploymnt", "deployment"],
  ];
  for (const [typed, meant] of CASES) {
    test(`orch ${typed}: ${meant}`, async () => {
      const { code, err } = await terminal.orch(...typed.split(" "));
      expect([code, err]).toEqual([2, expect.stringContaining(`Did you mean '${meant}'?`)]);
    });
  }
  test("nothing is guessed for a word that is like none", async () => {
    expect((await terminal.orch("xyzzyxyzzy")).err).not.toContain("Did you mean");
    expect((await terminal.orch("deployment", "constructor")).err).not.toContain("Did you mean");
  });
  test("a deployment in the place of a program", async () => {
    const { code, err } = await terminal.orch("run", "say-hi/marvin");
    const hint = "If it is a deployment: orch deployment run say-hi/marvin";
    expect([code, err]).toEqual([1, `There is no file 'say-hi/marvin'. ${hint}`]);
  });
});

describe("C20: help", () => {
  test("every command of the root is in one section", () => {
    const listed = SECTIONS.flatMap(([, names]) => names);
    expect(listed.toSorted()).toEqual([...Object.keys(COMMANDS), ...Object.keys(GROUPS)].toSorted());
  });
  for (const words of ["help deployment", "deployment help", "deployment --help"]) {
    test(`orch ${words} shows the group`, async () => {
      expect((await terminal.orch(...words.split(" "))).out).toContain("orch deployment COMMAND");
    });
  }
  for (const words of ["help deployment ls", "deployment help ls", "deployment ls --help"]) {
    test(`orch ${words} shows the command`, async () => {
      expect((await terminal.orch(...words.split(" "))).out).toContain("orch deployment ls [OPTIONS]");
    });
  }
  test("agent --help shows -q", async () => {
    expect((await terminal.orch("agent", "--help")).out).toContain("-q, --work-queue TEXT…");
  });
  test("only what is required is shown without brackets", async () => {
    expect((await terminal.orch("deployment", "run", "--help")).out).toContain("orch deployment run [OPTIONS] [NAME]");
    expect((await terminal.orch("flow-run", "logs", "--help")).out).toContain("orch flow-run logs [OPTIONS] RUN");
  });
  test("no line is wider than the terminal", async () => {
    const paths = Object.entries(GROUPS).flatMap(([group, { commands }]) =>
      Object.keys(commands).map((name) => [group, ...name.split(" ")]),
    );
    for (const path of [[], ...paths]) {
      const { out } = await terminal.orch(...path, "--help");
      const long = out.split("\n").filter((line) => line.length > 100 && !line.startsWith("  $ "));
      expect([path, long]).toEqual([path, []]);
    }
  });
});
