import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type FolderWatch, watchFolder } from "#cli/dev/watch.ts";

let root: string;
let folder: string;
let watched: FolderWatch | undefined;
const seen = new Set<string>();
let onSeen = () => {};

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "orch-watch-")));
  folder = join(root, "project");
  write("flows/a.ts");
  write("skipped/b.ts");
  seen.clear();
});
afterEach(() => {
  watched?.close();
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text = "1"): void {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
}

function open(troubles: string[] = []): FolderWatch {
  watched = watchFolder({
    folder,
    skips: (path) => path === join(folder, "skipped"),
    onChange(path) {
      seen.add(path);
      onSeen();
    },
    onTrouble: (sentence) => troubles.push(sentence),
  });
  return watched;
}

/** Resolves when the change of this path was seen. */
function sees(path: string): Promise<void> {
  const place = join(folder, path);
  return new Promise((resolve) => {
    onSeen = () => {
      if (seen.has(place)) resolve();
    };
    onSeen();
  });
}

/** Two saves of one file within a millisecond may be told as one: something else comes in between. */
async function somethingElse(path: string): Promise<void> {
  write(path);
  await sees(path);
  seen.clear();
}

const SAVES: [how: string, save: () => void][] = [
  ["written over", () => write("flows/a.ts", "2")],
  [
    "saved by renaming another over it",
    () => {
      write("flows/.a.ts.swp", "2");
      renameSync(join(folder, "flows/.a.ts.swp"), join(folder, "flows/a.ts"));
    },
  ],
  ["removed", () => rmSync(join(folder, "flows/a.ts"))],
  [
    "moved away and made again",
    () => {
      renameSync(join(folder, "flows/a.ts"), join(folder, "flows/a.ts~"));
      write("flows/a.ts", "2");
    },
  ],
];
for (const [how, save] of SAVES) {
  test(`a file that is ${how} is seen, and seen the next time as well`, async () => {
    open();
    save();
    await sees("flows/a.ts");
    await somethingElse("flows/b.ts");
    write("flows/a.ts", "3");
    await sees("flows/a.ts");
  });
}

test("a new folder is watched, with what was in it already", async () => {
  open();
  write("new/deep/c.ts");
  await sees("new/deep/c.ts");
  await somethingElse("new/deep/d.ts");
  write("new/deep/c.ts", "2");
  await sees("new/deep/c.ts");
});

test("a folder that is removed and made again is watched again", async () => {
  open();
  rmSync(join(folder, "flows"), { recursive: true });
  write("flows/a.ts", "2");
  watched?.rescan();
  await sees("flows/a.ts");
  await somethingElse("flows/b.ts");
  write("flows/a.ts", "3");
  await sees("flows/a.ts");
});

test("a folder that is skipped is not looked into", async () => {
  open();
  write("skipped/b.ts", "2");
  write("skipped/new/c.ts", "2");
  write("last.ts");
  await sees("last.ts");
  expect([...seen].filter((path) => path.includes("skipped"))).toEqual([]);
});

test("a followed file is seen wherever it is; its neighbours are not", async () => {
  mkdirSync(join(root, "shared"));
  for (const name of ["lib.ts", "other.ts"]) writeFileSync(join(root, "shared", name), "1");
  symlinkSync(join(root, "shared"), join(folder, "linked"));
  open().follow([join(root, "shared/lib.ts"), join(folder, "flows/a.ts"), join(root, "none/x.ts")]);
  writeFileSync(join(root, "shared/other.ts"), "2");
  writeFileSync(join(root, "shared/lib.ts"), "2");
  await sees("../shared/lib.ts");
  expect([...seen]).toEqual([join(root, "shared/lib.ts")]);
});

test("after it is closed nothing is seen any more", async () => {
  open().close();
  write("flows/a.ts", "2");
  open();
  await somethingElse("other.ts");
  expect(seen.has(join(folder, "flows/a.ts"))).toBe(false);
});

test("a folder that is not there is no trouble", () => {
  const troubles: string[] = [];
  rmSync(folder, { recursive: true });
  open(troubles);
  expect(troubles).toEqual([]);
});
