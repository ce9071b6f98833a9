// What a snapshot holds beside the files of its folder: packages of the workspace, files that the source names, what a
// tsconfig.json extends.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { packSnapshot } from "#project/snapshots/snapshot.ts";
import { localStorage } from "#storage/local.ts";

let root = "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "orch-outside-")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string>) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}
function link(from: string, to: string) {
  mkdirSync(dirname(join(root, from)), { recursive: true });
  symlinkSync(to, join(root, from));
}
const pack = (folder = "apps/etl") => packSnapshot({ folder: join(root, folder), storageRoot: join(root, "storage") });

/** Paths of files and links; where links lead. */
function contentOf(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(below, entry.name);
      if (entry.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(folder, path)).replace(root, "ROOT")}`];
      return entry.isDirectory() ? contentOf(folder, path) : [path];
    })
    .toSorted();
}

const PACKAGE = (name: string) => `{ "name": "${name}", "main": "index.js" }`;

describe("a package of the workspace", () => {
  beforeEach(() => {
    write({
      "package.json": '{ "workspaces": ["apps/*", "packages/*"] }',
      "apps/etl/flow.ts": 'import { lib } from "lib/sub";\n',
      "apps/etl/package.json": PACKAGE("etl"),
      "packages/lib/package.json": PACKAGE("lib"),
      "packages/lib/index.js": 'exports.lib = require("@acme/deep");\n',
      "packages/lib/data.txt": "data\n",
      "packages/lib/dist/built.js": "\n",
      "packages/deep/package.json": PACKAGE("@acme/deep"),
      "packages/deep/index.js": "exports.deep = 1;\n",
      "packages/other/package.json": PACKAGE("other"),
      "node_modules/real/index.js": "\n",
    });
    link("node_modules/lib", "../packages/lib");
    link("node_modules/other", "../packages/other");
    link("node_modules/@acme/deep", "../../packages/deep");
    link("node_modules/etl", "../apps/etl");
    link("node_modules/gone", "../packages/gone");
  });

  test("T16: is in the snapshot with those it needs; what is installed is linked to", async () => {
    const { path, outside, files } = await pack();
    expect(contentOf(path)).toEqual([
      ".orch-folder -> apps/etl",
      "apps/etl/flow.ts",
      "apps/etl/package.json",
      "node_modules/@acme/deep -> ../../packages/deep",
      "node_modules/etl -> ../apps/etl",
      "node_modules/gone -> ROOT/node_modules/gone",
      "node_modules/lib -> ../packages/lib",
      "node_modules/other -> ROOT/node_modules/other",
      "node_modules/real -> ROOT/node_modules/real",
      "packages/deep/index.js",
      "packages/deep/package.json",
      "packages/lib/data.txt",
      "packages/lib/dist/built.js",
      "packages/lib/index.js",
      "packages/lib/package.json",
    ]);
    expect([outside, files]).toEqual([["../../packages/deep", "../../packages/lib"], 8]);
  });

  test("T16: stays as it was when it is edited later, and gives another snapshot then", async () => {
    const first = await pack();
    write({ "packages/deep/index.js": "exports.deep = 2;\n" });
    expect(readFileSync(join(first.path, "node_modules/@acme/deep/index.js"), "utf8")).toBe("exports.deep = 1;\n");
    const second = await pack();
    expect(second.path).not.toBe(first.path);
    expect((await pack()).path).toBe(second.path);
  });

  test("T16: of the very folder that is built is not read from where it was", async () => {
    const { path, outside } = await pack(".");
    expect(existsSync(join(path, ".orch-folder"))).toBe(false);
    expect(readlinkSync(join(path, "node_modules/lib"))).toBe("../packages/lib");
    expect(outside).toEqual([]);
  });

  test("T16: a run's copy of the snapshot takes packages from the snapshot", async () => {
    const { path } = await pack();
    const copy = join(root, "copy");
    await localStorage(path).getDirectory(null, copy);
    expect(readlinkSync(join(copy, "node_modules"))).toBe(join(path, "node_modules"));
    expect(readlinkSync(join(copy, ".orch-folder"))).toBe("apps/etl");
    expect(realpathSync(join(copy, "node_modules/lib"))).toBe(join(path, "packages/lib"));
  });

  test("T16: that is not named anywhere is left where it is", async () => {
    write({ "apps/etl/flow.ts": 'import { real } from "real";\n' });
    const { path, outside } = await pack();
    expect(outside).toEqual([]);
    expect(contentOf(path)).toContain("node_modules/lib -> ROOT/node_modules/lib");
  });

  test("T16: that only package.json names is packed: it may be imported by a name that is made up", async () => {
    write({ "apps/etl/flow.ts": "\n", "apps/etl/package.json": '{ "dependencies": { "@acme/deep": "workspace:*" } }' });
    expect((await pack()).outside).toEqual(["../../packages/deep"]);
  });
});

test("T16: pnpm keeps the packages of each package beside it", async () => {
  write({
    "apps/etl/flow.ts": 'import "lib";\n',
    "packages/lib/package.json": PACKAGE("lib"),
    "packages/lib/index.js": 'require("two"); require("real");\n',
    "packages/two/package.json": PACKAGE("two"),
    "node_modules/.pnpm/real@1/node_modules/real/package.json": PACKAGE("real"),
  });
  link("apps/etl/node_modules/lib", "../../../packages/lib");
  link("packages/lib/node_modules/two", "../../two");
  link("packages/lib/node_modules/real", "../../../node_modules/.pnpm/real@1/node_modules/real");
  const { path } = await pack();
  expect(contentOf(path)).toEqual([
    ".orch-folder -> apps/etl",
    "apps/etl/flow.ts",
    "apps/etl/node_modules/lib -> ../../../packages/lib",
    "node_modules -> ROOT/node_modules",
    "packages/lib/index.js",
    "packages/lib/node_modules/real -> ROOT/packages/lib/node_modules/real",
    "packages/lib/node_modules/two -> ../../two",
    "packages/lib/package.json",
    "packages/two/package.json",
  ]);
});

test("T16: links to the whole disk, to the project itself and in a circle are no endless walk", async () => {
  write({
    "apps/etl/flow.ts": 'import "disk"; import "self"; import "above"; import "one";\n',
    "apps/etl/package.json": PACKAGE("etl"),
    "package.json": "{}",
    "packages/one/package.json": PACKAGE("one"),
    "packages/one/index.js": 'require("one"); require("self");\n',
  });
  link("apps/etl/node_modules/disk", "/");
  link("apps/etl/node_modules/self", "..");
  link("apps/etl/node_modules/above", "../../..");
  link("apps/etl/node_modules/one", "../../../packages/one");
  link("packages/one/node_modules/self", "..");
  const { path, outside } = await pack();
  expect(outside).toEqual(["../../packages/one"]);
  expect(contentOf(path)).toContain("apps/etl/node_modules/disk -> ROOT/apps/etl/node_modules/disk");
});

describe("a file outside of the folder", () => {
  test("T17: that is imported is in the snapshot, with what it imports and the package.json that says how", async () => {
    write({
      "package.json": '{ "type": "module" }',
      "apps/etl/flow.ts": `import { util } from "../../lib/util";
const rows = new URL("../../data/rows.csv", import.meta.url);
`,
      "lib/util.ts": 'export * from "./half.js"; import config from "../config.json";\n',
      "lib/half.ts": 'export const half = await import("./never");\n',
      "lib/unused.ts": "\n",
      "config.json": "{}",
      "data/rows.csv": "1\n",
    });
    const { path, outside } = await pack();
    const packed = ["config.json", "data/rows.csv", "lib/half.ts", "lib/util.ts", "package.json"];
    expect(contentOf(path)).toEqual([".orch-folder -> apps/etl", "apps/etl/flow.ts", ...packed]);
    expect(outside).toEqual(packed.map((each) => `../../${each}`));
  });

  test("T17: that a tsconfig.json extends, and what its aliases lead to", async () => {
    write({
      "tsconfig.base.json":
        '{ "extends": "./strict", "compilerOptions": { "paths": { "@libs/*": ["./libs/*/index.ts"] } } }',
      "strict.json": "{}",
      "apps/etl/tsconfig.json": '{ "extends": "../../tsconfig.base.json" }',
      "apps/etl/flow.ts": 'import { a } from "@libs/a"; import { b } from "@libs/none";\n',
      "libs/a/index.ts": 'export { b } from "@libs/b";\n',
      "libs/a/tsconfig.json": '{ "extends": "../../tsconfig.base.json" }',
      "libs/b/index.ts": "export const b = 1;\n",
    });
    expect((await pack()).outside).toEqual([
      "../../libs/a/index.ts",
      "../../libs/a/tsconfig.json",
      "../../libs/b/index.ts",
      "../../strict.json",
      "../../tsconfig.base.json",
    ]);
  });

  test("T17: that a name of the package's `imports` stands for", async () => {
    write({
      "package.json": '{ "imports": { "#lib/*": "./lib/*.ts", "#own": "./apps/etl/own.ts" } }',
      "apps/etl/flow.ts": 'import { a } from "#lib/a"; import { own } from "#own";\n',
      "apps/etl/own.ts": "export const own = 1;\n",
      "lib/a.ts": 'export { b } from "#lib/b";\n',
      "lib/b.ts": "export const b = 1;\n",
    });
    expect((await pack()).outside).toEqual(["../../lib/a.ts", "../../lib/b.ts", "../../package.json"]);
  });

  test("T17: a tsconfig.json above the folder is its own, as long as there is no nearer one", async () => {
    write({
      "tsconfig.json": "{}",
      "apps/etl/flow.ts": "\n",
      "apps/two/flow.ts": "\n",
      "apps/two/tsconfig.json": "{}",
    });
    expect([(await pack()).outside, (await pack("apps/two")).outside]).toEqual([["../../tsconfig.json"], []]);
  });

  test("that is the system's is never in it, also by a link", async () => {
    const way = relative(join(root, "apps/etl"), "/etc/passwd");
    write({
      "apps/etl/flow.ts": `export const tried = ["${way}", "../passwords.txt", "../notes.txt"];`,
      "apps/notes.txt": "",
    });
    link("apps/passwords.txt", "/etc/passwd");
    const { path, outside } = await pack();
    expect(contentOf(path).filter((each) => /passw|notes/.test(each))).toEqual(["notes.txt"]);
    expect(outside).toEqual(["../notes.txt"]);
  });
  test("T17: that is named but not there, or a folder, changes nothing", async () => {
    write({
      "apps/etl/flow.ts": 'import "../../gone"; const up = "../../"; const folder = "../../lib"; // "../../x.ts"\n',
      "lib/unused.ts": "\n",
    });
    expect(contentOf((await pack()).path)).toEqual(["flow.ts"]);
  });
});
