// D15: a flow file that no deployment names and that cannot be loaded is said once, and again when it is mended.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Problem } from "#cli/check/problems.ts";
import { createUnnamedFiles, type UnnamedFiles } from "#cli/dev/unnamed-files.ts";

let folder: string;
let problems: Problem[] | undefined;
let named: string[];
let failure: Error | undefined;
let unnamed: UnnamedFiles;
let looked: string[][];
const lines: string[] = [];

const at = (path: string) => join(folder, path);
const write = (path: string, text = 'import { flow } from "orch";\n') => writeFileSync(at(path), text);

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-unnamed-")));
  for (const name of ["flows", "node_modules"]) mkdirSync(at(name));
  [problems, named, looked] = [[], [], []];
  lines.length = 0;
  unnamed = createUnnamedFiles({
    ...{ folder, named: () => named, skips: () => (path) => path.endsWith("node_modules") },
    io: { out: (line) => lines.push(`out ${line}`), err: (line) => lines.push(`err ${line}`) },
    signal: new AbortController().signal,
    async problemsOf(files) {
      if (failure) throw failure;
      looked.push(files.map((file) => file.slice(folder.length + 1)).toSorted());
      return problems;
    },
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function see(...changed: string[]): Promise<string[]> {
  unnamed.look(changed.length === 0 ? undefined : new Set(changed.map(at)));
  await unnamed.settled();
  return lines.splice(0);
}

const problem = (code: number | null, line = 3, file = "flows/b.ts"): Problem => ({
  ...{ file, line, column: 1, code, message: "')' expected." },
});

test("D15: once as long as it is the same, and when it is mended", async () => {
  write("flows/b.ts");
  problems = [problem(1005), problem(1005, 9)];
  expect(await see()).toEqual(["err 'flows/b.ts' cannot be loaded: line 3: ')' expected."]);
  expect(await see("flows/b.ts")).toEqual([]);
  problems = [problem(2307, 1)];
  expect(await see("flows/b.ts")).toEqual(["err 'flows/b.ts' cannot be loaded: line 1: ')' expected."]);
  problems = undefined; // a look that failed says nothing
  expect(await see("flows/b.ts")).toEqual([]);
  problems = [];
  expect(await see("lib.ts")).toEqual(["out 'flows/b.ts' can be loaded again."]);
  expect(await see("flows/b.ts")).toEqual([]);
});

test("D15: a removed file is not mended", async () => {
  write("flows/b.ts");
  problems = [problem(1005)];
  expect(await see()).toHaveLength(1);
  rmSync(at("flows/b.ts"));
  expect(await see("flows/b.ts")).toEqual([]);
});

test("D15: type errors, files of deployments and files without flows are left to others", async () => {
  for (const name of ["flows/a.ts", "flows/b.ts", "node_modules/c.ts"]) write(name);
  write("flows/d.ts", "export const N = 1;\n");
  write("orch.d.ts", 'declare module "orch" {}\nimport { x } from "orch";\n');
  write("flows/e.py", "from prefect import flow\n");
  named = [at("flows/a.ts")];
  problems = [problem(2322), problem(1005, 1, "flows/a.ts")];
  expect(await see()).toEqual([]);
  expect(looked).toEqual([["flows/b.ts"], ["flows/e.py"]]);
  expect(await see("flows/a.ts", "README.md")).toEqual([]);
  expect(looked).toHaveLength(2);
});

test("D15: a look that fails is said, and does not end orch dev", async () => {
  write("flows/b.ts");
  failure = new Error("no process can be started");
  expect(await see()).toEqual(["err no process can be started"]);
  failure = undefined;
  problems = [problem(1005)];
  expect(await see()).toEqual(["err 'flows/b.ts' cannot be loaded: line 3: ')' expected."]);
});
