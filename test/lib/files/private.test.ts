// Rights of files that are their owner's alone, under every umask.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePrivateFile, makeEntriesPrivate, makePrivate, rightsOfOthers } from "#lib/files/private.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orch-private-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

for (const umask of [0o000, 0o022, 0o077]) {
  test(`a new file is 600 with the umask ${umask.toString(8)}`, () => {
    const before = process.umask(umask);
    try {
      ensurePrivateFile(join(folder, "a"));
    } finally {
      process.umask(before);
    }
    expect(modeOf(join(folder, "a"))).toBe("600");
  });
}

test("what is there keeps its content and its owner's rights, and loses those of others", () => {
  const path = join(folder, "a");
  writeFileSync(path, "kept");
  chmodSync(path, 0o755);
  ensurePrivateFile(path);
  expect([modeOf(path), statSync(path).size]).toEqual(["700", 4]);
  makePrivate(join(folder, "not there"));
});

test("the entries of a folder: files and folders", () => {
  for (const name of ["a", "b"]) writeFileSync(join(folder, name), "", { mode: 0o600 });
  chmodSync(join(folder, "b"), 0o666);
  mkdirSync(join(folder, "c"));
  chmodSync(join(folder, "c"), 0o777);
  makeEntriesPrivate(folder);
  expect(["a", "b", "c"].map((name) => modeOf(join(folder, name)))).toEqual(["600", "600", "700"]);
});

test("what others may do", () => {
  const rights = [0o700, 0o750, 0o701, 0o770, 0o707].map((mode) => rightsOfOthers({ mode }));
  expect(rights).toEqual(["none", "read", "read", "write", "write"]);
});
