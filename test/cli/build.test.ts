// `orch deployment build` in this process: what it writes, and that it writes nothing when something is wrong.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
  mkdirSync(join(terminal.folder, "flows"));
  writeFileSync(
    join(terminal.folder, "flows/a.ts"),
    'import { flow } from "orch";\nexport const sayHi = flow(async function sayHi(name: string = "Ada") { return name; });\n',
  );
});
afterEach(() => terminal.close());

const build = (...words: string[]) => terminal.orch("deployment", "build", "flows/a.ts:sayHi", ...words);
const files = () => readdirSync(terminal.folder).toSorted();
const flowNames = async () => (await terminal.orch("deployment", "ls", "--json")).out;

test("writes the file, the snapshot and the ignore file, and registers nothing by itself", async () => {
  const { code, out } = await build("-n", "a", "-q", "test", "--param", "name=Bo", "-t", "x", "--cron", "0 9 * * *");
  expect(code).toBe(0);
  expect(out).toContain("Found flow 'say-hi'");
  expect(out).toMatch(/Successfully uploaded \d+ files? \(.*\) to .*snapshots/);
  expect(files()).toEqual([".orch", ".prefectignore", "flows", "sayHi-deployment.yaml"]);
  const text = readFileSync(join(terminal.folder, "sayHi-deployment.yaml"), "utf8");
  for (const line of ["name: a", "work_queue_name: test", "cron: 0 9 * * *", "entrypoint: flows/a.ts:sayHi"]) {
    expect(text).toContain(line);
  }
  expect(await flowNames()).toBe("[]");
});

test("-o names the file, in a folder that is not there yet, and adds the suffix", async () => {
  expect((await build("-n", "a", "-o", "out/mine")).out).toContain(join(terminal.folder, "out/mine.yaml"));
  expect(existsSync(join(terminal.folder, "out/mine.yaml"))).toBe(true);
});

test("--skip-upload takes no snapshot: the path is the folder itself", async () => {
  expect((await build("-n", "a", "--skip-upload")).out).not.toContain("uploaded");
  const text = readFileSync(join(terminal.folder, "sayHi-deployment.yaml"), "utf8");
  expect(text).toContain(`path: ${terminal.folder}\n`);
});

test("R18: what was left out for safety is named, by build and by apply", async () => {
  symlinkSync("/etc/passwd", join(terminal.folder, "passwd"));
  mkdirSync(join(terminal.folder, ".aws"));
  for (const name of [".aws/credentials", "id_rsa", ".env"]) writeFileSync(join(terminal.folder, name), "secret");
  const lines = [
    ".env is not packed: give runs its variables with --override env.NAME=value, or in the environment of the agent.",
    "Left out, as it may hold secrets: .aws/, id_rsa; a line '!.aws/' in the ignore file packs it.",
    "Links out of this folder are not followed: passwd -> /etc/passwd; a line '!passwd' in the ignore file packs it.",
  ].join("\n");
  expect((await build("-n", "a", "-q", "test")).out).toContain(lines);
  const applied = await terminal.orch("deployment", "apply", "sayHi-deployment.yaml", "--upload");
  expect([applied.code, applied.out]).toEqual([0, expect.stringContaining(lines)]);
});

test("R8: the file of an export with any text for a name lies in the folder", async () => {
  const file = join(terminal.folder, "flows/b.ts");
  const source = 'import { flow } from "orch";\nconst f = flow(function f() {});\nexport { f as "../../x" };\n';
  writeFileSync(file, source);
  const { code } = await terminal.orch("deployment", "build", "flows/b.ts:../../x", "-n", "a", "-q", "test");
  expect([code, files()]).toEqual([0, [".orch", ".prefectignore", "..-..-x-deployment.yaml", "flows"].toSorted()]);
});

describe("the limit of the queue", () => {
  test("is set, and what it was before is said when it changes", async () => {
    expect((await build("-n", "a", "-q", "test", "-l", "2")).out).toContain("work queue 'test' to 2");
    expect((await build("-n", "a", "-q", "test", "-l", "2")).out).not.toContain("already exists");
    expect((await build("-n", "a", "-q", "test", "-l", "3")).out).toContain(
      "Work queue 'test' already exists with a concurrency limit of 2, this limit is being updated...",
    );
  });

  test("of a pool's queue is said with the pool", async () => {
    const { code, out } = await build("-n", "a", "-q", "test", "-p", "default-agent-pool", "-a", "-l", "2");
    expect([code, out]).toEqual([0, expect.stringContaining("'test' in work pool 'default-agent-pool' to 2")]);
  });

  test("without a queue is a line, not a failure", async () => {
    await build("-n", "a");
    const file = join(terminal.folder, "sayHi-deployment.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("work_queue_name: default", "work_queue_name: null"));
    const { code, out, err } = await terminal.orch("deployment", "apply", "sayHi-deployment.yaml", "-l", "2");
    expect([code, err]).toEqual([0, expect.stringContaining("No work queue set!")]);
    expect(out).toContain("successfully created");
  });
});

describe("nothing is written when", () => {
  const WRONG: [what: string, words: string[], sentence: string][] = [
    ["the limit is no number", ["-n", "a", "-q", "t", "-a", "-l", "two"], "--limit must be a whole number"],
    ["the pool is not there", ["-n", "a", "-p", "nope", "-a"], "Work pool 'nope' not found!"],
    [
      "the pool of a limit is not there",
      ["-n", "a", "-q", "t", "-p", "nope", "-l", "2"],
      "Work pool 'nope' not found!",
    ],
    ["the output is a folder", ["-n", "a", "-o", "folder.yaml"], "is a folder"],
    ["the output is no YAML file", ["-n", "a", "-o", "a.json"], "must be a '.yaml' file"],
    ["an override has no value", ["-n", "a", "--override", "env.A"], "'env.A' has no value"],
    ["parameters are given in two ways", ["-n", "a", "--param", "a=1", "--params", "{}"], "Can only pass one of"],
  ];
  for (const [what, words, sentence] of WRONG) {
    test(what, async () => {
      mkdirSync(join(terminal.folder, "folder.yaml"));
      const { code, err } = await build(...words);
      expect([code, err]).toEqual([1, expect.stringContaining(sentence)]);
      expect(files().filter((name) => name !== ".orch")).toEqual(["flows", "folder.yaml"]);
      expect(existsSync(join(terminal.home, "storage"))).toBe(false);
    });
  }

  test("the pool of a file that is applied is not there: no flow, no block, no queue", async () => {
    await build("-n", "a", "-q", "test", "-p", "nope");
    const { code, err } = await terminal.orch("deployment", "apply", "sayHi-deployment.yaml", "-l", "1");
    expect([code, err]).toEqual([1, expect.stringContaining("Work pool 'nope' not found!")]);
    expect(await flowNames()).toBe("[]");
  });
});
