// Logs on their way: batched, kept while the server is away, flushed at the end, bounded.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogShipper, type LogShipperOptions } from "#engine/logs/log-shipper.ts";
import { OrchError } from "#lib/errors.ts";
import { openRecordFile } from "#lib/files/record-file.ts";
import type { LogInput } from "#wire/runs/logs.ts";
import { FakeApi } from "../fake-api.ts";
import { lapseClock } from "../lapse-clock.ts";

const AWAY = new OrchError("unavailable", "the server is not answering");

function setup(options: Partial<LogShipperOptions> = {}) {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  const lost: string[] = [];
  const shipper = createLogShipper({
    client: api.client,
    clock,
    enabled: true,
    intervalSeconds: 2,
    onLost: (sentence) => void lost.push(sentence),
    ...options,
  });
  const add = (message: string) => shipper.add(record(message));
  const posts = () => api.calls.filter((call) => call === "POST /logs/").length;
  return { clock, api, lost, shipper, add, posts };
}

function record(message: string): LogInput {
  const timestamp = "2026-11-23T06:00:00.000000+00:00";
  return { name: "prefect.flow_runs", level: 20, message, timestamp, flow_run_id: "f", task_run_id: null };
}

test("records of one interval travel together, in order", async () => {
  const { clock, api, add, posts } = setup();
  for (const word of ["a", "b", "c"]) add(word);
  expect(posts()).toBe(0);
  await clock.sleep(2_001);
  await clock.sleep(1);
  expect(api.messages()).toEqual(["a", "b", "c"]);
  expect(posts()).toBe(1);
});

test("flush sends at once, and may be called with nothing to send", async () => {
  const { clock, api, add, shipper, posts } = setup();
  await shipper.flush();
  expect(posts()).toBe(0);
  add("last words");
  await shipper.flush();
  expect(api.messages()).toEqual(["last words"]);
  expect(clock.elapsed()).toBeLessThan(100);
});

test("records added while a batch is on its way are sent by the same flush", async () => {
  const { api, add, shipper } = setup();
  let first = true;
  api.before = () => {
    if (first) add("meanwhile");
    first = false;
  };
  add("early");
  await shipper.flush();
  expect(api.messages()).toEqual(["early", "meanwhile"]);
});

test("while the server is away records wait, and arrive late in order", async () => {
  const { clock, api, add, shipper, lost } = setup();
  api.before = () => {
    if (clock.elapsed() < 120_000) throw AWAY;
  };
  add("one");
  add("two");
  await shipper.flush();
  expect(api.messages()).toEqual(["one", "two"]);
  expect(clock.elapsed()).toBeWithin(120_000, 126_000);
  expect(lost).toEqual([]);
});

test("a flush with little time gives up in time and says how much was lost", async () => {
  const { clock, api, add, shipper, lost } = setup();
  api.before = () => {
    throw AWAY;
  };
  add("one");
  await shipper.flush(10);
  expect(clock.elapsed()).toBeWithin(9_000, 15_100);
  expect(lost).toEqual(["1 log records could not be sent: the server was not back in time"]);
});

test("what the server refuses is not offered forever", async () => {
  const { api, add, shipper, lost } = setup();
  api.before = () => {
    throw new OrchError("invalid", "level: value is not a valid integer");
  };
  add("odd");
  await shipper.flush();
  expect(lost).toEqual(["1 log records could not be sent: level: value is not a valid integer"]);
});

test("batches stay small, whatever the records", async () => {
  const { add, shipper, api } = setup();
  const sizes: number[] = [];
  api.before = (_, body) => void sizes.push(JSON.stringify(body).length);
  for (let index = 0; index < 8; index++) add("x".repeat(300_000));
  for (let index = 0; index < 3_000; index++) add("y".repeat(600));
  await shipper.flush();
  expect(api.logs).toHaveLength(3_008);
  expect(Math.max(...sizes)).toBeLessThan(1_500_000);
});

test("a full batch does not wait for its interval", async () => {
  const { clock, add, api } = setup({ intervalSeconds: 1_000 });
  for (let index = 0; index < 4; index++) add("x".repeat(900_000));
  await clock.sleep(1);
  expect(api.logs).toHaveLength(4);
});

test("one enormous record is shortened, not dropped", async () => {
  const { add, shipper, api } = setup();
  add("x".repeat(5_000_000));
  await shipper.flush();
  expect(api.messages()[0]).toHaveLength(1_000_000 + "… (shortened)".length);
});

test("one enormous record is not cut within a character", async () => {
  const { add, shipper, api } = setup();
  add(`${"x".repeat(999_999)}😀${"x".repeat(100)}`);
  await shipper.flush();
  expect(api.messages()[0]).toBe(`${"x".repeat(999_999)}… (shortened)`);
});

test("T27: code that never waits loses no line, and they stay in order", async () => {
  const { add, shipper, api, lost } = setup();
  for (let line = 0; line < 50_000; line++) add(`line ${line}`);
  await shipper.flush();
  expect(api.messages()).toEqual(Array.from({ length: 50_000 }, (_, line) => `line ${line}`));
  expect(lost).toEqual([]);
});

test("T27: lines that come while others are on their way keep their place", async () => {
  const { add, shipper, api } = setup({ queue: { memoryBytes: 2_000 } });
  let next = 0;
  const some = (count: number) => {
    for (let line = 0; line < count; line++) add(String(next++));
  };
  // Bursts of different sizes: in memory, on disk, and the file emptied between them.
  const bursts = [1, 400, 0, 3, 900, 0, 0, 5];
  api.before = () => some(bursts.shift() ?? 0);
  some(700);
  await shipper.flush();
  expect(api.messages()).toEqual(Array.from({ length: next }, (_, line) => String(line)));
  expect(next).toBeGreaterThan(2_000);
});

test("T27: lines of any text arrive as they are", async () => {
  const { add, shipper, api } = setup({ queue: { memoryBytes: 10 } });
  const odd = [
    "",
    "a\nb\r\nc",
    "\u0000\u2028\u2029",
    "half \ud83d of a character",
    "ü😀",
    '{"sent":3}\n',
    "x".repeat(1_000_000),
  ];
  for (const text of odd) add(text);
  await shipper.flush();
  expect(api.messages()).toEqual(odd);
});

test("T27: what the disk may not hold is counted, in its place in the log", async () => {
  const { add, shipper, api } = setup({ queue: { memoryBytes: 1_000, diskBytes: 40_000 } });
  for (let line = 0; line < 1_000; line++) add(String(line));
  await shipper.flush();
  add("after");
  await shipper.flush();
  const kept = api.messages().length - 2;
  expect(kept).toBeGreaterThan(200);
  expect(api.messages().slice(kept)).toEqual([
    `${1_000 - kept} log records were dropped: 0 MB of them were waiting for the server already.`,
    "after",
  ]);
  expect(api.messages().slice(0, kept)).toEqual(Array.from({ length: kept }, (_, line) => String(line)));
});

test("T27: where nothing can be written to disk the memory keeps what it can, and the others are counted", async () => {
  for (const path of ["/no/such/folder/log", undefined]) {
    const { add, shipper, api } = setup({ queue: { path, memoryBytes: 100_000, diskBytes: 0 } });
    const before = process.cpuUsage();
    for (let line = 0; line < 60_000; line++) add(`${line} ${"x".repeat(400)}`);
    const { user, system } = process.cpuUsage(before); // not the time: others may use the machine
    expect(user + system).toBeLessThan(5_000_000);
    await shipper.flush();
    // A first one may still have room for its notice.
    const isNotice = (text: string) => text.includes(" log records were dropped: ");
    const [notices, lines] = [api.messages().filter(isNotice), api.messages().filter((text) => !isNotice(text))];
    expect(lines.length).toBeWithin(150, 40_000);
    expect(notices.reduce((sum, text) => sum + Number.parseInt(text, 10), 0)).toBe(60_000 - lines.length);
    expect(lines.map((text) => Number.parseInt(text, 10))).toEqual(lines.map((_, index) => index));
  }
});

describe("records that an agent can send", () => {
  const folder = mkdtempSync(join(tmpdir(), "orch-shipper-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const left = (path: string) => {
    const file = openRecordFile(path);
    const records = file?.next(1_000_000).records.map((text) => JSON.parse(text).message);
    file?.close();
    return records;
  };

  test("are on disk before the logger returns, without what was sent", async () => {
    const path = join(folder, "one");
    const { add, shipper, api, clock } = setup({ queue: { path } });
    add("a");
    add("b");
    expect(left(path)).toEqual(["a", "b"]);
    await clock.sleep(2_002);
    await clock.sleep(1);
    expect(api.messages()).toEqual(["a", "b"]);
    add("c");
    expect(left(path)).toEqual(["c"]);
    await shipper.flush();
    expect(existsSync(path)).toBe(false);
  });

  test("stay where the server was not back in time", async () => {
    const path = join(folder, "two");
    const { add, shipper, api, lost } = setup({ queue: { path } });
    api.before = () => {
      throw AWAY;
    };
    add("a");
    await shipper.flush(1);
    add("b");
    expect(left(path)).toEqual(["a", "b"]);
    expect(lost).toEqual([]);
  });
});

test("switched off, nothing is kept and nothing is sent", async () => {
  const { add, shipper, posts } = setup({ enabled: false });
  add("a");
  await shipper.flush();
  expect(posts()).toBe(0);
});

test("drain waits only so long, and gives nothing up", async () => {
  const { clock, api, add, shipper } = setup();
  api.before = () => {
    if (clock.elapsed() < 60_000) throw AWAY;
  };
  add("one");
  await shipper.drain(2);
  expect(clock.elapsed()).toBeWithin(2_000, 2_100);
  expect(api.messages()).toEqual([]);
  await shipper.flush();
  expect(api.messages()).toEqual(["one"]);
});
