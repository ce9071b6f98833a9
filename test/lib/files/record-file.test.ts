// Records in a file until they are sent, read by the process that wrote them or by another one.
import { afterAll, expect, test } from "bun:test";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecordFile, LOG_FILE_VARIABLE, openRecordFile, takeLogFile } from "#lib/files/record-file.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-records-"));
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;
const newPath = () => join(folder, String(made++));

test("the file is text: a head, then one record a line", () => {
  const file = createRecordFile(newPath());
  file.append(['{"message":"a"}']);
  file.append(['{"message":"ü"}', '{"message":"c"}']);
  expect(readFileSync(file.path, "utf8")).toBe(
    `${'{"sent":32}'.padEnd(31)}\n{"message":"a"}\n{"message":"ü"}\n{"message":"c"}\n`,
  );
  file.remove();
  expect(existsSync(file.path)).toBe(false);
});

test("records come in batches of about the size, at least one, and again until they are sent", () => {
  const file = createRecordFile(newPath());
  file.append(["1111", "2222", "3".repeat(99), "4".repeat(500)]);
  expect(file.next(12).records).toEqual(["1111", "2222"]);
  const first = file.next(12);
  expect(first.records).toEqual(["1111", "2222"]);
  file.markSent(first.end);
  const second = file.next(60);
  expect(second.records).toEqual(["3".repeat(99)]);
  file.markSent(second.end);
  expect(file.isSent).toBe(false);
  const last = file.next(1_000);
  expect(last.records).toEqual(["4".repeat(500)]);
  file.markSent(last.end);
  expect(file.isSent).toBe(true);
  expect(file.next(100).records).toEqual([]);
  expect(file.bytes).toBe(32);
  file.remove();
});

test("another process finds what was not sent, without the line that was cut off", () => {
  const file = createRecordFile(newPath());
  file.append(["1", "2", "3"]);
  file.markSent(file.next(2).end);
  file.append(["4"]);
  appendFileSync(file.path, "5 is cut o");
  const found = openRecordFile(file.path);
  expect(found?.next(1_000)).toEqual({ records: ["2", "3", "4"], end: 40 });
  found?.remove();
  file.close();
  expect(openRecordFile(file.path)).toBeUndefined();
});

test("a file that was there already is left alone", () => {
  const file = createRecordFile(newPath());
  expect(() => createRecordFile(file.path)).toThrow("EEXIST");
  file.remove();
});

test("the file of the environment is for the process that was given it, not for what it starts", () => {
  process.env[LOG_FILE_VARIABLE] = "/a/log";
  expect(takeLogFile()).toBe("/a/log");
  expect(process.env[LOG_FILE_VARIABLE]).toBeUndefined();
  expect(takeLogFile()).toBeUndefined();
});
