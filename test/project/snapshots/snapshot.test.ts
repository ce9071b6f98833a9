import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_PATTERNS, ensureIgnoreFile, readIgnoreFile } from "#project/packing/ignore.ts";
import { packSnapshot } from "#project/snapshots/snapshot.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "orch-snapshot-")));
  folder = join(root, "project");
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string>) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
const pack = () => packSnapshot({ folder, storageRoot: join(root, "storage") });
const filesIn = (path: string) =>
  (readdirSync(path, { recursive: true }) as string[])
    .filter((name) => !statSync(join(path, name)).isDirectory())
    .toSorted();

describe("a snapshot", () => {
  test("holds the files as they were, whatever happens to them later", async () => {
    write({ "flows/a.ts": "one", "sql/q.sql": "select 1", ".hidden": "h" });
    const { path, files, bytes } = await pack();
    write({ "flows/a.ts": "two" });
    expect(filesIn(path)).toEqual([".hidden", "flows/a.ts", "sql/q.sql"]);
    expect(readFileSync(join(path, "flows/a.ts"), "utf8")).toBe("one");
    expect([files, bytes]).toEqual([3, 12]);
  });

  test("is named by its content: the same files give the same one, others another", async () => {
    write({ "a.ts": "one" });
    const first = await pack();
    const again = await pack();
    expect(again.path).toBe(first.path);
    write({ "a.ts": "two" });
    expect((await pack()).path).not.toBe(first.path);
    expect(readdirSync(join(root, "storage/snapshots"))).toHaveLength(2);
  });

  test("tells a renamed file, a moved byte and an executable bit apart", async () => {
    const paths = new Set<string>();
    for (const files of [{ a: "xy", b: "" }, { a: "x", b: "y" }, { ay: "x" }]) {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      write(files as unknown as Record<string, string>);
      paths.add((await pack()).path);
    }
    chmodSync(join(folder, "ay"), 0o755);
    const executable = await pack();
    paths.add(executable.path);
    expect(paths.size).toBe(4);
    expect(statSync(join(executable.path, "ay")).mode & 0o100).toBe(0o100);
  });

  test("made twice at once is made right both times", async () => {
    write(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`d${n % 7}/f${n}`, `content ${n}`])));
    const [a, b] = await Promise.all([pack(), pack()]);
    expect(a).toEqual(b);
    expect(filesIn(a.path)).toHaveLength(200);
    expect(readdirSync(join(root, "storage/snapshots"))).toEqual([a.path.split("/").at(-1) ?? ""]);
  });

  test("a draft that was cut off is never taken for one", async () => {
    write({ "a.ts": "one" });
    mkdirSync(join(root, "storage/snapshots/.draft-cut-off"), { recursive: true });
    const { path } = await pack();
    expect(filesIn(path)).toEqual(["a.ts"]);
  });

  test("that cannot be made leaves nothing behind", async () => {
    symlinkSync(join(folder, "nowhere"), join(folder, "broken"));
    await expect(pack()).rejects.toThrow(/'.*broken' is a link to nothing/);
    expect(existsSync(join(root, "storage"))).toBe(false);
  });

  test("of the folder that holds the home has neither the home nor the storage in it", async () => {
    write({ "a.ts": "one", ".orch/encryption.key": "secret", "store/snapshots/old/x": "1" });
    const home = join(folder, ".orch");
    const { path } = await packSnapshot({ folder, storageRoot: join(folder, "store"), home });
    expect(filesIn(path)).toEqual(["a.ts"]);
  });

  test("says how far it is", async () => {
    write({ a: "1", b: "22" });
    const seen: number[] = [];
    await packSnapshot({ folder, storageRoot: join(root, "storage"), onProgress: ({ files }) => seen.push(files) });
    expect(seen).toEqual([1, 2]);
  });
});

test("a file that is saved while it is copied does not stand under the name of its earlier content", async () => {
  const last = "z-last";
  write(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, String(n)])));
  write({ [last]: "before" });
  let changed = false;
  const onProgress = () => {
    if (!changed) write({ [last]: "after" });
    changed = true;
  };
  const during = await packSnapshot({ folder, storageRoot: join(root, "storage"), onProgress });
  expect(readFileSync(join(during.path, last), "utf8")).toBe("after");
  expect((await pack()).path).toBe(during.path);
  write({ [last]: "before" });
  expect(readFileSync(join((await pack()).path, last), "utf8")).toBe("before");
});

test("a file that vanishes while it is copied is named, and no draft is left", async () => {
  write(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, String(n)])));
  write({ "z-last": "x" });
  const onProgress = () => rmSync(join(folder, "z-last"), { force: true });
  const packing = packSnapshot({ folder, storageRoot: join(root, "storage"), onProgress });
  await expect(packing).rejects.toThrow(/'.*z-last' cannot be copied: ENOENT/);
  expect(readdirSync(join(root, "storage/snapshots"))).toEqual([]);
});

describe("node_modules", () => {
  const LINKED: [what: string, path: string, patterns: string | null][] = [
    ["without an ignore file", "node_modules", null],
    ["with an ignore file that does not name it", "node_modules", "*.log\n"],
    ["of a package in the folder", "packages/a/node_modules", null],
    ["of a package, not named by the ignore file", "packages/a/node_modules", "*.log\n"],
  ];
  for (const [what, place, patterns] of LINKED) {
    test(`${what} is linked and not counted`, async () => {
      write({ "a.ts": "one", [`${place}/left-pad/index.js`]: "x" });
      if (patterns !== null) write({ ".prefectignore": patterns });
      const { path, files } = await pack();
      expect(readlinkSync(join(path, place))).toBe(join(folder, place));
      expect(files).toBe(patterns === null ? 1 : 2);
      expect((await pack()).files).toBe(files);
    });
  }

  test("of an ignored folder is not there", async () => {
    write({ "a.ts": "one", ".prefectignore": "old/\n.prefectignore\n", "old/node_modules/x/index.js": "x" });
    expect(filesIn((await pack()).path)).toEqual(["a.ts"]);
  });

  test("that is a link leads where the link leads", async () => {
    write({ "a.ts": "one" });
    mkdirSync(join(root, "shared"));
    symlinkSync("../shared", join(folder, "node_modules"));
    expect(readlinkSync(join((await pack()).path, "node_modules"))).toBe(join(root, "shared"));
  });

  test("of the folder is linked, never copied", async () => {
    write({ "a.ts": "one", "node_modules/left-pad/index.js": "x" });
    const { path, files } = await pack();
    expect(files).toBe(1);
    expect(readlinkSync(join(path, "node_modules"))).toBe(join(folder, "node_modules"));
  });

  test("of a folder above is linked too, as packages are looked up", async () => {
    write({ "a.ts": "one" });
    mkdirSync(join(root, "node_modules"));
    expect(readlinkSync(join((await pack()).path, "node_modules"))).toBe(join(root, "node_modules"));
  });
});

test("deployment files of the folder are no part of it: building twice gives the same snapshot", async () => {
  write({ "a.ts": "one", "sub/x-deployment.yaml": "data", "deployment.yaml": "data" });
  const before = await pack();
  write({ "a-deployment.yaml": "timestamp: 1" });
  const after = await pack();
  expect(after).toEqual(before);
  expect(filesIn(after.path)).toEqual(["a.ts", "deployment.yaml", "sub/x-deployment.yaml"]);
});

test("a file that is kept out of an ignored folder is in the snapshot", async () => {
  write({
    "build/keep.txt": "k",
    "build/other.txt": "o",
    ".prefectignore": ".prefectignore\nbuild/\n!build/keep.txt\n",
  });
  expect(filesIn((await pack()).path)).toEqual(["build/keep.txt"]);
});

test("a link to nothing may be ignored", async () => {
  write({ "a.ts": "one", ".prefectignore": "dangling\n.prefectignore\n" });
  symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));
  expect(filesIn((await pack()).path)).toEqual(["a.ts"]);
});

test("links are followed, and one that leads back to where it is is refused", async () => {
  write({ "a.ts": "one", "inside.txt": "shared" });
  symlinkSync(join(folder, "inside.txt"), join(folder, "linked.txt"));
  const { path } = await pack();
  expect(readFileSync(join(path, "linked.txt"), "utf8")).toBe("shared");
  symlinkSync(folder, join(folder, "myself"));
  await expect(pack()).rejects.toThrow(/leads back/);
});

describe("the ignore file", () => {
  const PATTERNS: [patterns: string, path: string, ignored: boolean][] = [
    ["*.pyc", "a/b.pyc", true],
    ["build/", "build/", true],
    ["/top.txt", "sub/top.txt", false],
    ["docs/**/*.md", "docs/a/b.md", true],
    ["*.log\n!keep.log", "keep.log", false],
    ["# a comment", "a comment", false],
    ["\\#file", "#file", true],
    ["", ".git/", false],
    ["env/", "Env/a.ts", false],
    ["*.egg", "a.EGG", false],
    ["build/\n!build/keep.txt", "build/keep.txt", false],
    ["build/\n!build/keep.txt", "build/other.txt", true],
    ["build/\n!build/keep.txt", "build/", false],
    ["!keep.log\n*.log", "keep.log", true],
    ["*.log\r\n# note\r\n", "a.log", true],
  ];
  for (const [patterns, path, ignored] of PATTERNS) {
    test(`${JSON.stringify(patterns)} ${ignored ? "leaves out" : "keeps"} ${path}`, () => {
      write({ ".prefectignore": patterns });
      expect(readIgnoreFile(folder)(path)).toBe(ignored);
    });
  }

  test(".orchignore wins over .prefectignore", () => {
    write({ ".prefectignore": "a", ".orchignore": "b" });
    expect([readIgnoreFile(folder)("a"), readIgnoreFile(folder)("b")]).toEqual([false, true]);
  });

  test("is written with the default patterns where there is none, and left alone where there is one", () => {
    expect(ensureIgnoreFile(folder)).toBe(join(folder, ".prefectignore"));
    expect(readFileSync(join(folder, ".prefectignore"), "utf8")).toBe(DEFAULT_PATTERNS);
    expect(ensureIgnoreFile(folder)).toBeNull();
    for (const path of ["node_modules/", ".git/", ".env", "x/__pycache__/", ".prefectignore", ".venv"]) {
      expect([path, readIgnoreFile(folder)(path)]).toEqual([path, true]);
    }
  });
});
