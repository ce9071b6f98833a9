// Logs on their way: batched, kept while the server is away, flushed at the end, bounded.
import { expect, test } from "bun:test";
import { createLogShipper, type LogShipperOptions } from "#engine/log-shipper.ts";
import { OrchError } from "#lib/errors.ts";
import type { LogInput } from "#wire/logs.ts";
import { FakeApi } from "./fake-api.ts";
import { lapseClock } from "./lapse-clock.ts";

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

test("what the server refuses is not offered for ever", async () => {
  const { api, add, shipper, lost } = setup();
  api.before = () => {
    throw new OrchError("invalid", "level: value is not a valid integer");
  };
  add("odd");
  await shipper.flush();
  expect(lost).toEqual(["1 log records could not be sent: level: value is not a valid integer"]);
});

test("batches stay below the server's limit", async () => {
  const { add, shipper, api, posts } = setup();
  for (let index = 0; index < 8; index++) add("x".repeat(900_000));
  await shipper.flush();
  expect(api.logs).toHaveLength(8);
  expect(posts()).toBe(3);
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

test("memory is bounded: what is too much is counted and said", async () => {
  const { add, shipper, api } = setup();
  for (let index = 0; index < 40; index++) add("x".repeat(1_000_000));
  await shipper.flush();
  expect(api.logs.length).toBeLessThan(36);
  expect(api.messages(40)).toEqual([
    `${40 - (api.logs.length - 1)} log records were dropped while the server was away.`,
  ]);
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
