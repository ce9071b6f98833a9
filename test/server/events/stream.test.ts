// The body of an answer without end: what it looks for and when, and what becomes of those who do not read.
import { expect, test } from "bun:test";
import type { Feed } from "#server/events/feed.ts";
import { eventStream } from "#server/events/stream.ts";
import { createEventsHub } from "#server/kernel/event-hub.ts";
import { manualClock } from "../../clock.ts";

function setup() {
  const clock = manualClock();
  const events = createEventsHub();
  const pieces: string[] = [];
  const listeners = new Set<Feed>();
  const over = new AbortController();
  let looks = 0;
  const feed: Feed = {
    async next() {
      looks += 1;
      return pieces.shift() ?? "";
    },
    heartbeat: () => "beat",
    concerns: ({ type }) => type === "logs-stored",
    close() {},
  };
  const reader = eventStream({ clock, events }, feed, { over: over.signal, listeners }).getReader();
  const read = async () => {
    const { value, done } = await reader.read();
    return done ? undefined : new TextDecoder().decode(value);
  };
  return { clock, events, pieces, listeners, over, reader, read, looks: () => looks };
}

/** Every turn is a chance for the stream to come to its next sleep. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test("nothing is looked for before somebody reads", async () => {
  const { looks, listeners, pieces, read } = setup();
  await turns();
  expect([looks(), listeners.size]).toEqual([0, 0]);
  pieces.push("one");
  expect(await read()).toBe("one");
  expect([looks(), listeners.size]).toEqual([1, 1]);
});

test("what is there is read to its end, then only what happened makes it look again, at most every 20 ms", async () => {
  const { clock, events, pieces, read, looks } = setup();
  pieces.push("one", "two");
  expect([await read(), await read()]).toEqual(["one", "two"]);
  const next = read();
  await turns();
  expect(looks()).toBe(3);
  pieces.push("three");
  events.publish({ type: "logs-stored", flow_run_ids: new Set() });
  events.publish({ type: "logs-stored", flow_run_ids: new Set() });
  await turns();
  expect(looks()).toBe(3);
  clock.advance(0.02);
  expect(await next).toBe("three");
  expect(looks()).toBe(4);
});

test("a silent one says every 15 s that it lives", async () => {
  const { clock, read, looks } = setup();
  const beat = read();
  await turns();
  clock.advance(0.02);
  await turns();
  clock.advance(15);
  expect(await beat).toBe("beat");
  expect(looks()).toBe(1);
});

test("who does not read for a minute is given up; nothing was gathered for it", async () => {
  const { clock, events, pieces, reader, read, listeners, looks } = setup();
  pieces.push("one", "two");
  await read();
  await turns();
  events.publish({ type: "logs-stored", flow_run_ids: new Set() });
  await turns();
  expect(looks()).toBe(1);
  clock.advance(61);
  await turns();
  expect(listeners.size).toBe(0);
  await expect(reader.read()).rejects.toThrow("not read");
});

test("it ends when the server stops, or the listener leaves, and listens no more", async () => {
  const stopped = setup();
  const end = stopped.read();
  await turns();
  stopped.over.abort();
  expect(await end).toBeUndefined();
  expect(stopped.listeners.size).toBe(0);
  const left = setup();
  left.pieces.push("one");
  await left.read();
  await left.reader.cancel();
  expect(left.listeners.size).toBe(0);
  left.events.publish({ type: "logs-stored", flow_run_ids: new Set() });
  expect(left.looks()).toBe(1);
});
