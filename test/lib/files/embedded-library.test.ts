import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedLibrary, evaluated } from "#lib/files/embedded-library.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-carried-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a carried file gives what it exports, as the build writes it", async () => {
  writeFileSync(join(folder, "index.js"), "export const twice = (n) => ({ n: 2 * n });\n");
  const built = await Bun.build({ entrypoints: [join(folder, "index.js")], target: "bun", format: "cjs" });
  const path = join(folder, "library.asset");
  writeFileSync(path, (await built.outputs[0]?.text()) ?? "");
  expect(embeddedLibrary<{ twice(n: number): { n: number } }>(path).twice(4)).toEqual({ n: 8 });
  // A copy for each call would fill the memory.
  expect(embeddedLibrary<object>(path)).toBe(embeddedLibrary<object>(path));
});

test("a text may replace its exports, ask for the platform's modules, and name itself", () => {
  const text =
    '(function(exports, require, module, __filename, __dirname) { module.exports = [__filename, require("node:path").sep]; })';
  expect(evaluated<string[]>(text)).toEqual(["/lib/index.js", "/"]);
});
