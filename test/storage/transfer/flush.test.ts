import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flushAll, flushFileSystem } from "#storage/transfer/flush.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-flush-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("few files are flushed one by one: one that is not there is an error", async () => {
  writeFileSync(join(folder, "a"), "1");
  await flushAll([join(folder, "a")], new Set([folder]));
  await expect(flushAll([join(folder, "none")], new Set([folder]))).rejects.toThrow(/ENOENT/);
});

test.if(process.platform === "linux")("many are flushed with their file system, and none is opened", async () => {
  const many = Array.from({ length: 1_000 }, (_, n) => join(folder, `never-opened-${n}`));
  await flushAll(many, new Set([folder]));
});

test.if(process.platform === "linux")("the file system of a folder that is not there cannot be flushed", async () => {
  mkdirSync(join(folder, "there"));
  expect(await flushFileSystem(join(folder, "there"))).toBe(true);
  expect(await flushFileSystem(join(folder, "none"))).toBe(false);
});
