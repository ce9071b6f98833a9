import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isUnchanged, listTree } from "#storage/transfer/list.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orch-list-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, content = "") => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
};
const paths = async (ignores?: (path: string) => boolean) => (await listTree(folder, ignores)).map(({ path }) => path);
const only = async () => {
  const [file] = await listTree(folder);
  if (!file) throw new Error("nothing is listed");
  return file;
};

test("files come in the order of their names, folder by folder, with their sizes", async () => {
  for (const path of ["b", "a/z", "a/c/d", "B"]) write(path, path);
  expect((await listTree(folder)).map(({ path, bytes }) => [path, bytes])).toEqual([
    ["B", 1],
    ["a/c/d", 5],
    ["a/z", 3],
    ["b", 1],
  ]);
});

test("an ignored folder is not looked into, also when it is a link", async () => {
  write("keep/x");
  write("out/y");
  symlinkSync(join(folder, "keep"), join(folder, "linked"));
  const asked: string[] = [];
  const listed = await paths((path) => {
    asked.push(path);
    return path === "out/" || path === "linked/";
  });
  expect(listed).toEqual(["keep/x"]);
  expect(asked).not.toContain("out/y");
});

test("a folder that leads back into itself is refused, one that is linked twice is not", async () => {
  write("shared/x");
  symlinkSync(join(folder, "shared"), join(folder, "a"));
  expect(await paths()).toEqual(["a/x", "shared/x"]);
  symlinkSync(folder, join(folder, "shared/back"));
  await expect(paths()).rejects.toThrow(/leads back to a folder that holds it/);
});

test("what is no file is not listed", async () => {
  write("a");
  await Bun.$`mkfifo ${join(folder, "pipe")}`.quiet();
  expect(await paths()).toEqual(["a"]);
});

function replace(path: string): void {
  rmSync(path);
  writeFileSync(path, "emas");
}

function dateBack(path: string): void {
  writeFileSync(path, "emas");
  utimesSync(path, 1, 1);
}

const CHANGES: [what: string, change: (path: string) => void][] = [
  ["saved again with the same content", (path) => writeFileSync(path, "same")],
  ["replaced by another of the same size", (path) => replace(path)],
  ["made executable", (path) => chmodSync(path, 0o755)],
  ["dated back after it was changed", (path) => dateBack(path)],
  ["removed", (path) => rmSync(path)],
];
for (const [what, change] of CHANGES) {
  test(`a file that was ${what} is not unchanged`, async () => {
    write("f", "same");
    utimesSync(join(folder, "f"), 1, 1);
    const before = await only();
    expect(isUnchanged(folder, before)).toBe(true);
    // Within the same tick of the file system's clock a change could not be seen.
    while ((await nextStamp()) <= before.changed);
    change(join(folder, "f"));
    expect(isUnchanged(folder, before)).toBe(false);
  });
}

/** The file system's clock. */
async function nextStamp(): Promise<number> {
  const other = mkdtempSync(join(tmpdir(), "orch-tick-"));
  writeFileSync(join(other, "tick"), "");
  const [file] = await listTree(other);
  rmSync(other, { recursive: true });
  return file?.changed ?? 0;
}
