// `orch check` in this process: which files, by which settings, and how problems are shown.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
});
afterEach(() => terminal.close());

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(terminal.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const GOOD = `import { readFileSync } from "node:fs";
import { flow, task } from "orch";
const double = task(async (n: number) => n * 2);
export const sayHi = flow(async function sayHi(name: string = "Ada") {
  console.log(name, await double(2), Bun.version, process.env["HOME"], readFileSync("x", "utf8").length, await fetch("x"));
});
`;
const BAD = `import { flow, task } from "orch";
const double = task(async (n: number) => n * 2);
export const wrong = flow(async function wrong() {
  const text: string = await double(2);
  return [text, double.submit("two")];
});
`;

test("a flow with nothing installed: the language, bun, node and orch are known", async () => {
  write({ "flows/a.ts": GOOD });
  expect(await terminal.orch("check")).toEqual({ code: 0, out: "No problems in 1 file.", err: "" });
});

test("problems are file, line, column and a sentence; the exit code is 1", async () => {
  write({ "flows/a.ts": BAD, "flows/b.ts": GOOD });
  const { code, out } = await terminal.orch("check", "flows");
  expect([code, out.split("\n")]).toEqual([
    1,
    [
      "flows/a.ts:4:9 Type 'number' is not assignable to type 'string'. (TS2322)",
      "flows/a.ts:5:31 Argument of type 'string' is not assignable to parameter of type 'Input<number>'. (TS2345)",
      "2 problems in 2 files.",
    ],
  ]);
});

test("--json is the list of them", async () => {
  write({ "a.ts": "const n: number = 'x';\n" });
  const { code, out } = await terminal.orch("check", "a.ts", "--json");
  const message = "Type 'string' is not assignable to type 'number'.";
  expect([code, JSON.parse(out)]).toEqual([1, [{ file: "a.ts", line: 1, column: 7, code: 2322, message }]]);
});

describe("the project's tsconfig", () => {
  test("says which files and how strictly, comments and all", async () => {
    write({
      "tsconfig.json": '{ // lax\n "compilerOptions": { "strict": false }, "include": ["flows"], }',
      "flows/a.ts": "export function f(x) { return x; }\n",
      "other/b.ts": "const n: number = 'x';\n",
    });
    expect((await terminal.orch("check")).out).toBe("No problems in 1 file.");
    expect((await terminal.orch("check", "other")).out).toContain("other/b.ts:1:7 ");
    write({ "tsconfig.json": '{ "compilerOptions": { "strict": true }, "include": ["flows"] }' });
    expect((await terminal.orch("check", "flows/a.ts")).out).toContain("implicitly has an 'any' type");
  });

  test("of an older compiler is taken as it was meant, its paths and its declarations too", async () => {
    const compilerOptions = {
      baseUrl: ".",
      paths: { "@lib/*": ["lib/*"] },
      moduleResolution: "node",
      module: "esnext",
    };
    write({
      "tsconfig.json": JSON.stringify({ compilerOptions: { ...compilerOptions, outDir: "out", composite: true } }),
      "lib/words.ts": "export const word: string = 'x';\n",
      "globals.d.ts": "declare const SECRET: string;\n",
      "flows/a.ts": 'import { word } from "@lib/words";\nexport const n: number = SECRET.length + word.length;\n',
    });
    expect((await terminal.orch("check", "flows/a.ts")).out).toBe("No problems in 1 file.");
  });

  test("that is broken is a problem with its place", async () => {
    write({ "tsconfig.json": '{ "compilerOptions": { "target": "ES1492" } }', "a.ts": "export {};\n" });
    const { code, out } = await terminal.orch("check");
    expect([code, out]).toEqual([1, expect.stringContaining("Argument for '--target' option must be:")]);
  });
});

test("the executable's own types of orch win over those of another age, in whichever form", async () => {
  write({
    "orch.d.ts": 'declare module "orch" { export function flow(fn: string): void; }\n',
    "node_modules/orch/package.json": '{ "name": "orch", "types": "index.d.ts" }',
    "node_modules/orch/index.d.ts": "export declare const nothing: 1;\n",
    "tsconfig.json": '{ "include": ["flows", "orch.d.ts"] }',
    "flows/a.ts": GOOD,
  });
  expect((await terminal.orch("check")).out).toBe("No problems in 1 file.");
});

test("types that a project has installed win over those that come along", async () => {
  write({
    "node_modules/@types/bun/index.d.ts": "declare const Bun: { version: 42 };\n",
    "node_modules/@types/bun/package.json": '{ "name": "@types/bun", "types": "index.d.ts" }',
    "a.ts": "export const n: 42 = Bun.version;\n",
  });
  expect((await terminal.orch("check")).out).toBe("No problems in 1 file.");
});

describe("there is nothing to check when", () => {
  const REFUSED: [what: string, words: string[], sentence: string][] = [
    ["the folder has no such files", [], "There are no TypeScript files to check in"],
    ["the file is not there", ["a.ts"], "There is no file or folder 'a.ts'."],
    ["two folders are named", ["one", "two"], "Name one folder, or any number of files."],
  ];
  for (const [what, words, sentence] of REFUSED) {
    test(what, async () => {
      for (const folder of ["one", "two"]) mkdirSync(join(terminal.folder, folder));
      const { code, out, err } = await terminal.orch("check", ...words);
      expect([code, out, err]).toEqual([1, "", expect.stringContaining(sentence)]);
    });
  }
});
