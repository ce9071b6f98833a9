// What the operating system refuses is one sentence that names the path and what to do.
import { afterAll, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountOf } from "#lib/files/disk.ts";
import { unwritable, writeWhole } from "#lib/files/fsync.ts";
import { isShortage, systemFault } from "#lib/files/system-fault.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-fault-")));
afterAll(() => rmSync(folder, { recursive: true }));

const error = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: so`), { code, ...(path ? { path } : {}) });

test("R14: each refusal names the path, whether the error has it or its caller knows it", () => {
  const path = join(folder, "a", "b.txt");
  const cases: [code: string, sentence: string | RegExp][] = [
    ["ENOSPC", /^The disk that holds '\S+b\.txt' \(mounted at '\/\S*'\) is full: make room there\.$/],
    ["EDQUOT", /^The disk quota that '\S+b\.txt' counts towards is used up/],
    ["EROFS", /^'\S+b\.txt' cannot be written: the disk that holds it \(mounted at '\/\S*'\) is read-only\.$/],
    ["EACCES", /^'\S+b\.txt' cannot be used: permission denied\./],
    ["ENOENT", `'${path}' cannot be used: there is no folder '${join(folder, "a")}'.`],
    ["ENOTDIR", /a part of its path is a file/],
    ["ESTALE", /the network disk that held it is gone/],
    ["EIO", /fails\.$/],
  ];
  for (const [code, sentence] of cases) {
    for (const said of [systemFault(error(code, path)), systemFault(error(code), path)]) expect(said).toMatch(sentence);
  }
  expect(systemFault(error("EMFILE"))).toContain("ulimit -n");
  expect(systemFault(error("ENOSPC"))).toContain("A disk is full");
  expect([systemFault(new Error("odd")), systemFault(error("SQLITE_FULL")), systemFault("text")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("R13: what a machine lacks now it may have later; what it refuses it will refuse again", () => {
  expect(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM", "ENOSPC"].every((code) => isShortage(error(code)))).toBe(true);
  expect(["ENOENT", "EACCES", "EROFS"].some((code) => isShortage(error(code)))).toBe(false);
});

test("the disk of a path is named by where it is mounted", () => {
  expect(mountOf("/proc/self/status")).toBe("/proc");
  expect(mountOf("/proc/nothing/here")).toBe("/proc");
});

test("R14: a file is written whole or stays as it was, keeps its rights, and a link is followed", () => {
  const path = join(folder, "kept.txt");
  const link = join(folder, "link.txt");
  writeWhole(path, "one", { mode: 0o600 });
  chmodSync(path, 0o640);
  symlinkSync(path, link);
  writeWhole(link, "two", { durable: true });
  expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["two", 0o640]);
  mkdirSync(join(folder, "inner"));
  writeFileSync(join(folder, "file"), "");
  expect(() => writeWhole(join(folder, "inner"), "x")).toThrow("it is a folder, not a file.");
  expect(() => writeWhole(join(folder, "file", "deeper"), "x")).toThrow("a part of its path is a file");
  expect(unwritable(path, new Error("odd")).message).toBe(`'${path}' cannot be written: odd`);
  expect(readdirSync(folder).toSorted()).toEqual(["file", "inner", "kept.txt", "link.txt"]);
});
