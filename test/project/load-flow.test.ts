// What loads and what does not, each refusal one sentence that says where. In a child: loading registers the SDK for good.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseEntrypoint } from "#domain/entrypoint.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "orch-load-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CHILD = `
import { loadFlow } from ${JSON.stringify(resolve("src/project/load-flow.ts"))};
import { registerSdk } from ${JSON.stringify(resolve("src/sdk/register.ts"))};
registerSdk();
const [file, name] = process.argv.slice(-2);
try {
  console.log(JSON.stringify({ name: (await loadFlow(file, name)).name }));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
process.exit(); // some files would go on`;

async function load(name: string, source: string | null, exportName = "sayHi") {
  if (source !== null) writeFileSync(join(folder, name), source);
  const script = join(folder, "load-in-child.ts");
  writeFileSync(script, CHILD);
  const child = Bun.spawn(["bun", script, name, exportName], { cwd: folder, stdout: "pipe", stderr: "inherit" });
  return JSON.parse(await new Response(child.stdout).text()) as { name?: string; code?: string; message?: string }; // the child's own words
}

const orch = 'import { flow } from "orch";\n';

const LOADED: [what: string, name: string, source: string, exportName: string, flowName: string][] = [
  [
    "a TypeScript file",
    "a.ts",
    `${orch}export const sayHi = flow(async function sayHi(x: string) {});`,
    "sayHi",
    "say-hi",
  ],
  ["a JavaScript file", "b.js", `${orch}export const sayHi = flow(async () => {});`, "sayHi", "say-hi"],
  [
    "a CommonJS file",
    "c.cjs",
    'const { flow } = require("orch");\nexports.sayHi = flow(async () => {});',
    "sayHi",
    "say-hi",
  ],
  ["a default export", "d.ts", `${orch}export default flow(async function main() {});`, "default", "main"],
  [
    "a flow with a name of its own",
    "e.ts",
    `${orch}export const f = flow(async () => {}, { name: "Cat Facts" });`,
    "f",
    "Cat Facts",
  ],
  [
    "top-level await",
    "g.ts",
    `${orch}const n = await 1;\nexport const sayHi = flow(async () => n);`,
    "sayHi",
    "say-hi",
  ],
];
for (const [what, name, source, exportName, flowName] of LOADED) {
  test(`${what} loads`, async () => expect(await load(name, source, exportName)).toEqual({ name: flowName }));
}

const REFUSED: [what: string, name: string, source: string | null, sentence: RegExp][] = [
  ["a file that is not there", "none.ts", null, /^There is no file 'none\.ts'\.$/],
  ["a Python file", "marvin.py", "def say_hi(): pass", /Python file/],
  [
    "no such export",
    "h.ts",
    `${orch}export const other = flow(async () => {});`,
    /'sayHi' not found in 'h\.ts'.*The flows in it are: other\./,
  ],
  ["a file without flows", "i.ts", "export const x = 1;", /It exports no flow\./],
  ["an export that is no flow", "j.ts", "export function sayHi() {}", /'sayHi' is not a flow.*flow\(…\)/],
  ["a syntax error", "k.ts", "export const sayHi = (\n", /^k\.ts:[12]:\d+: /],
  [
    "a throw at import",
    "l.ts",
    'const x = 1;\nthrow new TypeError("no config");',
    /^Script at 'l\.ts:2' encountered an exception: TypeError: no config$/,
  ],
  ["a throw that is no error", "m.ts", 'throw "just text";', /^Script at 'm\.ts' encountered an exception: just text$/],
  [
    "a file that ends the program",
    "o.ts",
    "process.exit(0);",
    /^'o\.ts' called process\.exit\(0\) while it was loaded: /,
  ],
  [
    "one that does so later",
    "p.ts",
    "setTimeout(() => process.exit(3));\nawait Bun.sleep(9_000);",
    /^'p\.ts' called process\.exit\(3\) /,
  ],
  [
    "a throw in a timer",
    "q.ts",
    'setTimeout(() => { throw new Error("later"); });\nawait Bun.sleep(9_000);',
    /^Script at 'q\.ts:1' encountered an exception: later$/,
  ],
  [
    "a promise that nothing waits for",
    "r.ts",
    'Promise.reject(new Error("lost"));\nawait Bun.sleep(9_000);',
    /^Script at 'r\.ts:1' encountered an exception: lost$/,
  ],
  [
    "a package that is not there",
    "n.ts",
    'import x from "not-installed";\nexport const sayHi = x;',
    /^Script at 'n\.ts' .* Cannot find package 'not-installed' .*Install it: npm install not-installed$/,
  ],
];
for (const [what, name, source, sentence] of REFUSED) {
  test(`${what} is one sentence: ${sentence.source}`, async () => {
    const { code, message } = await load(name, source);
    expect(message).toMatch(sentence);
    expect(code).toBe("invalid");
  });
}

describe("parseEntrypoint()", () => {
  test("splits at the last colon", () => {
    expect(parseEntrypoint("flows/marvin.ts:sayHi")).toEqual({ file: "flows/marvin.ts", exportName: "sayHi" });
    expect(parseEntrypoint("C:\\flows\\marvin.ts:sayHi")).toEqual({
      file: "C:\\flows\\marvin.ts",
      exportName: "sayHi",
    });
  });
  test("asks for the function's name", () => {
    for (const text of ["flows/marvin.ts", "flows/marvin.ts:", ":sayHi"]) {
      expect(() => parseEntrypoint(text)).toThrow(/must include the name of the function/);
    }
  });
});
