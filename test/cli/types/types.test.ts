// `orch types` in this process: what it writes into a project, and what it leaves alone.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
});
afterEach(() => terminal.close());

const path = (name: string) => join(terminal.folder, name);
const read = (name: string) => readFileSync(path(name), "utf8");
const STARTER = readFileSync(join(import.meta.dir, "../../../templates/starter/orch.d.ts"), "utf8");

test("writes the types, a tsconfig for the whole folder and the module; the second time nothing changes", async () => {
  const { code, out } = await terminal.orch("types");
  expect(out).toBe(
    "Wrote orch.d.ts\nWrote tsconfig.json\nWrote node_modules/orch: 'bun FILE' runs the flows that FILE calls.",
  );
  expect([code, read("orch.d.ts")]).toEqual([0, STARTER]);
  expect(JSON.parse(read("tsconfig.json"))).toEqual({ compilerOptions: expect.objectContaining({ strict: true }) });
  expect(JSON.parse(read("node_modules/orch/package.json"))).toMatchObject({
    name: "orch",
    orch: { executable: process.execPath },
  });
  expect(read("node_modules/orch/index.js")).toContain('"./parser.asset"');
  expect(read("node_modules/orch/parser.asset")).toContain("parseExpression");
  const again = await terminal.orch("types", ".");
  expect(again.out).toContain("orch.d.ts is up to date.\ntsconfig.json is up to date.");
});

test("types of another version are replaced, a tsconfig is mended with its comments", async () => {
  writeFileSync(path("orch.d.ts"), "// of last year\n");
  writeFileSync(path("tsconfig.json"), '{\n  // ours\n  "include": ["flows"]\n}\n');
  const { out } = await terminal.orch("types");
  expect(out).toContain("Updated orch.d.ts\nUpdated tsconfig.json");
  expect(read("orch.d.ts")).toBe(STARTER);
  expect(read("tsconfig.json")).toBe('{\n  // ours\n  "include": ["flows", "orch.d.ts"]\n}\n');
});

test("the module's types say what orch.d.ts says, without its frame", async () => {
  await terminal.orch("types");
  const types = read("node_modules/orch/index.d.ts");
  expect(types).not.toContain("declare module");
  expect(types).toContain("\nexport function flow<F extends UserFunction>(");
  expect(types).toEndWith("\nexport {};\n");
  const statements = (text: string) => text.match(/[^\s;{}]+/g)?.filter((word) => !FRAME.has(word));
  expect(statements(types)).toEqual([...(statements(STARTER) ?? []), "export"]);
});
const FRAME = new Set(["declare", "module", '"orch"']);

test("another package of the name is left alone, with a sentence", async () => {
  mkdirSync(path("node_modules/orch"), { recursive: true });
  writeFileSync(path("node_modules/orch/package.json"), '{ "name": "orch", "version": "9.9.9" }');
  const { code, err } = await terminal.orch("types");
  expect([code, err]).toEqual([1, expect.stringContaining("is another package of that name: uninstall it first.")]);
  expect(existsSync(path("node_modules/orch/index.js"))).toBe(false);
});

test("the package of npm keeps its launcher, and becomes the module besides", async () => {
  const about = { name: "orch", version: "9.9.9", bin: { orch: "bin/orch.cjs" }, orch: { launcher: "bin/orch.cjs" } };
  mkdirSync(path("node_modules/orch"), { recursive: true });
  writeFileSync(path("node_modules/orch/package.json"), JSON.stringify(about));
  expect((await terminal.orch("types")).code).toBe(0);
  const after = JSON.parse(read("node_modules/orch/package.json")) as object;
  const orch = { launcher: "bin/orch.cjs", executable: process.execPath };
  expect(after).toEqual({ ...about, type: "module", main: "index.js", orch });
  expect(existsSync(path("node_modules/orch/index.js"))).toBe(true);
});

test("a folder that is not there, and a tsconfig that is no JSON, are refused", async () => {
  expect((await terminal.orch("types", "nowhere")).err).toContain("There is no folder");
  writeFileSync(path("tsconfig.json"), "{ include: ");
  const { code, err } = await terminal.orch("types");
  expect([code, err, read("tsconfig.json")]).toEqual([1, expect.stringContaining("is not valid"), "{ include: "]);
});
