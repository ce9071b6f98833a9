// The types that `orch init` writes for editors: the same names as the module, and they check a user's flow.
import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "#sdk/index.ts";

const ROOT = join(import.meta.dir, "../..");
const TYPES = join(ROOT, "templates/starter/orch.d.ts");
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

test("orch.d.ts exports the values that the module exports", async () => {
  const text = await Bun.file(TYPES).text();
  const names = [...text.matchAll(/^ {2}export (?:function|(?:abstract )?class|const) (\w+)/gm)].map(
    (match) => match[1],
  );
  expect([...new Set(names)].sort()).toEqual(Object.keys(sdk).sort());
});

test("a flow as users write it type-checks, and its mistakes are found", async () => {
  const folder = await mkdtemp(join(tmpdir(), "orch-types-"));
  folders.push(folder);
  const files = [TYPES, join(ROOT, "test/fixtures/flows/typed.ts")];
  const compilerOptions = {
    ...{ target: "ESNext", module: "Preserve", moduleResolution: "bundler", strict: true, noEmit: true, types: [] },
    ...{ lib: ["ESNext", "DOM"], exactOptionalPropertyTypes: true },
  };
  await Bun.write(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const tsc = Bun.spawn([join(ROOT, "node_modules/.bin/tsc"), "-p", folder], { stdout: "pipe" });
  expect(await new Response(tsc.stdout).text()).toBe("");
  expect(await tsc.exited).toBe(0);
});

test("the sources' own types say the same of that flow", async () => {
  const folder = await mkdtemp(join(tmpdir(), "orch-types-"));
  folders.push(folder);
  const compilerOptions = {
    ...{ noEmit: true, typeRoots: [join(ROOT, "node_modules/@types")], noUnusedLocals: false },
    paths: { orch: [join(ROOT, "test/sdk/surface.ts")], "#*": [join(ROOT, "src/*")] },
  };
  const files = [join(ROOT, "test/fixtures/flows/typed.ts")];
  await Bun.write(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: join(ROOT, "tsconfig.json"), compilerOptions, files, include: [], exclude: [] }),
  );
  const tsc = Bun.spawn([join(ROOT, "node_modules/.bin/tsc"), "-p", folder], { stdout: "pipe" });
  const problems = (await new Response(tsc.stdout).text()).split("\n").filter((line) => line.includes("typed.ts"));
  expect(problems).toEqual([]);
});
