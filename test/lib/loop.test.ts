import { expect, test } from "bun:test";
import { type Clock, systemClock } from "#lib/clock.ts";
import { createLoop } from "#lib/loop.ts";

/** A clock whose sleeps end only when told to. */
function heldClock() {
  const naps: { millis: number; end: () => void }[] = [];
  const waiting: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    elapsed: () => 0,
    sleep(millis, signal) {
      return new Promise((resolve) => {
        naps.push({ millis, end: resolve });
        signal?.addEventListener("abort", () => resolve(), { once: true });
        waiting.shift()?.();
      });
    },
  };
  const napping = () => new Promise<void>((resolve) => waiting.push(resolve));
  return { clock, naps, napping };
}

function setup(runOnce: () => Promise<void> | void = () => {}) {
  const held = heldClock();
  const errors: unknown[] = [];
  let passes = 0;
  const loop = createLoop({
    clock: held.clock,
    delay: () => 5_000,
    runOnce: () => {
      passes += 1;
      return runOnce();
    },
    onError: (error) => errors.push(error),
  });
  return { ...held, loop, errors, passes: () => passes };
}

test("a loop passes at once, then sleeps as long as it is told", async () => {
  const { loop, naps, napping, passes } = setup();
  const asleep = napping();
  loop.start();
  await asleep;
  expect(passes()).toBe(1);
  expect(naps[0]?.millis).toBe(5_000);
  await loop.stop();
});

test("wake() ends the sleep early", async () => {
  const { loop, napping, passes } = setup();
  const first = napping();
  loop.start();
  await first;
  const second = napping();
  loop.wake();
  await second;
  expect(passes()).toBe(2);
  await loop.stop();
});

test("a wake during a pass makes another pass follow without a sleep", async () => {
  const gate = Promise.withResolvers<void>();
  let first = true;
  const { loop, naps, napping, passes } = setup(async () => {
    if (first) await gate.promise;
    first = false;
  });
  const asleep = napping();
  loop.start();
  loop.wake();
  gate.resolve();
  await asleep;
  expect(passes()).toBe(2);
  expect(naps).toHaveLength(1);
  await loop.stop();
});

test("a pass that throws is reported and the loop goes on", async () => {
  const { loop, napping, errors } = setup(() => {
    throw new Error("broken pass");
  });
  const asleep = napping();
  loop.start();
  await asleep;
  expect(errors).toEqual([new Error("broken pass")]);
  await loop.stop();
});

test("stop() waits for the pass under way, and may come twice", async () => {
  const gate = Promise.withResolvers<void>();
  let finished = false;
  const { loop } = setup(async () => {
    await gate.promise;
    finished = true;
  });
  loop.start();
  const stopped = Promise.all([loop.stop(), loop.stop()]);
  gate.resolve();
  await stopped;
  expect(finished).toBe(true);
});

test("stop() before start() keeps the loop from ever passing", async () => {
  const { loop, passes } = setup();
  await loop.stop();
  loop.start();
  expect(passes()).toBe(0);
});

test("the system clock's sleep ends at once when its signal aborts", async () => {
  const abort = new AbortController();
  const nap = systemClock.sleep(60_000, abort.signal);
  abort.abort();
  await nap;
  await systemClock.sleep(60_000, abort.signal);
  expect(abort.signal.aborted).toBe(true);
});

test("the system clock tells the time of day in milliseconds", () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThan(Date.now() + 2);
});

test("a loop tells what it has done, and since when it is due", async () => {
  let now = 1_000;
  const clock: Clock = {
    now: () => now,
    elapsed: () => now,
    sleep: (_, signal) => new Promise((end) => signal?.addEventListener("abort", () => end())),
  };
  let asleep = Promise.withResolvers<void>();
  const loop = createLoop({
    clock,
    delay: () => {
      asleep.resolve();
      return 5_000;
    },
    runOnce: () => {
      now += 30;
      if (loop.report().passes === 1) throw new Error("broken pass");
    },
    onError: () => {},
  });
  expect(loop.report()).toEqual({ passes: 0, failures: 0, millis: 0, longestMillis: 0, dueSince: undefined });
  loop.start();
  await asleep.promise;
  expect(loop.report()).toEqual({ passes: 1, failures: 0, millis: 30, longestMillis: 30, dueSince: 6_030 });
  asleep = Promise.withResolvers();
  loop.wake();
  await asleep.promise;
  expect(loop.report()).toEqual({ passes: 2, failures: 1, millis: 60, longestMillis: 30, dueSince: 6_060 });
  await loop.stop();
  expect(loop.report().dueSince).toBeUndefined();
});

test("a pass under way is due since its beginning", async () => {
  const gate = Promise.withResolvers<void>();
  const { loop } = setup(() => gate.promise);
  loop.start();
  expect(loop.report()).toMatchObject({ passes: 0, dueSince: 0 });
  gate.resolve();
  await loop.stop();
});
