// User files in a project of their own: everything they lean on resolves, whatever folder the process is in.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

let project = "";

const TINY: Record<string, string> = {
  "package.json": JSON.stringify({
    name: "tiny",
    type: "module",
    exports: { ".": "./index.js", "./jsx-runtime": "./jsx.js", "./jsx-dev-runtime": "./jsx.js" },
  }),
  "index.js": "export const shout = (text) => text.toUpperCase();",
  "jsx.js": "const jsx = (type, props) => ({ tiny: type, ...props });\nexport { jsx, jsx as jsxs, jsx as jsxDEV };",
};

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "orch-register-"));
  await cp(join(import.meta.dir, "../fixtures/flows/project"), project, { recursive: true });
  for (const [file, text] of Object.entries(TINY)) await Bun.write(join(project, "node_modules/tiny", file), text);
});
afterAll(() => rm(project, { recursive: true }));

async function load(...files: string[]): Promise<unknown> {
  const paths = files.map((file) => join(project, file));
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "register-child.ts"), ...paths], {
    stdout: "pipe",
    cwd: "/",
  });
  return JSON.parse((await new Response(child.stdout).text()) || "null");
}

test("types, packages, tsconfig paths, package imports, require and top-level await", async () => {
  expect(await load("flows/kinds.ts")).toEqual(["READY 42 word true"]);
});

test("JSX takes the import source of the nearest tsconfig", async () => {
  expect(await load("flows/page.tsx")).toEqual([{ tiny: "b", id: "x", children: "bold" }]);
});

test("a pragma in the file wins over the tsconfig, and a project without one is left alone", async () => {
  const text = await Bun.file(join(project, "flows/page.tsx")).text();
  await Bun.write(
    join(project, "node_modules/other/package.json"),
    TINY["package.json"]?.replace('"tiny"', '"other"') ?? "",
  );
  await Bun.write(join(project, "node_modules/other/jsx.js"), TINY["jsx.js"]?.replace("tiny:", "other:") ?? "");
  await Bun.write(join(project, "flows/own.tsx"), `/** @jsxImportSource other */\n${text}`);
  expect(await load("flows/own.tsx")).toEqual([{ other: "b", id: "x", children: "bold" }]);
});
