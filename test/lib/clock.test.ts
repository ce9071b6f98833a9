// One clock: it never steps back, never gives a time twice, and follows the machine's clock.
import { describe, expect, test } from "bun:test";
import { risingTime, systemClock, timestampNow } from "#lib/clock.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";

/** A machine whose two clocks are set by hand. */
function machine(wall: number, elapsed = 5_000.25) {
  const times = { wall, elapsed };
  const now = risingTime({ wall: () => times.wall, elapsed: () => times.elapsed });
  const pass = (millis: number) => {
    times.wall += millis;
    times.elapsed += millis;
  };
  return { times, now, pass };
}

const NOON = Date.UTC(2026, 10, 27, 12);

describe("T23: the clock of a process", () => {
  test("gives a later microsecond at each call, also within one of the machine's milliseconds", () => {
    let last = "";
    for (let call = 0; call < 100_000; call++) {
      const timestamp = timestampNow(systemClock);
      if (timestamp <= last) throw new Error(`${timestamp} after ${last}`);
      last = timestamp;
    }
    expect(Math.abs(toMillis(last) - Date.now())).toBeLessThan(1_000);
  });

  test("takes the fraction from time that passed, not from another clock's fraction", () => {
    const { times, now } = machine(NOON);
    expect(now()).toBe(NOON);
    times.elapsed += 0.5;
    expect(now()).toBe(NOON + 0.5);
    times.elapsed += 0.4;
    expect(now()).toBe(NOON + 0.9);
    // The machine's millisecond begins when it begins.
    times.elapsed += 0.3;
    times.wall += 1;
    expect(now()).toBe(NOON + 1.2);
  });

  test("stays within the machine's millisecond however its two clocks drift apart", () => {
    const { times, now, pass } = machine(NOON);
    now();
    for (let second = 0; second < 3_600; second++) {
      pass(1_000);
      times.elapsed += 0.7; // 700 ppm too fast
      expect(Math.floor(now())).toBe(times.wall);
    }
  });

  test("waits out a small step back, a microsecond at a time", () => {
    const { times, now, pass } = machine(NOON);
    const before = now();
    times.wall -= 900;
    const moments = [now(), now(), now()];
    expect(moments.map((moment) => Math.round((moment - before) * 1000))).toEqual([1, 2, 3]);
    pass(2_000);
    expect(Math.floor(now())).toBe(times.wall);
  });

  for (const [what, jump] of [
    ["back by an hour", -3_600_000],
    ["back by two seconds", -2_000],
    ["ahead by a day", 86_400_000],
    ["ahead by half a second", 500],
  ] as const) {
    test(`follows the machine's clock when it is set ${what}`, () => {
      const { times, now, pass } = machine(NOON);
      now();
      pass(10);
      times.wall += jump;
      expect(Math.floor(now())).toBe(NOON + 10 + jump);
    });
  }

  test("measures durations by time that passed", async () => {
    const started = systemClock.elapsed();
    await systemClock.sleep(5);
    expect(systemClock.elapsed() - started).toBeGreaterThan(4);
  });

  test("is not moved by code that replaces Date.now and performance.now", () => {
    const originals = [Date.now, performance.now] as const;
    try {
      Date.now = () => 0;
      performance.now = () => 0;
      expect(systemClock.now()).toBeGreaterThan(NOON - 86_400_000_000);
      expect(systemClock.elapsed()).toBeGreaterThan(0);
    } finally {
      [Date.now, performance.now] = originals;
    }
  });

  test("a timestamp keeps the microsecond", () => {
    for (let micro = 0; micro < 1_000; micro++) {
      const millis = NOON + micro / 1000;
      expect(toMillis(toTimestamp(millis))).toBe(millis);
    }
  });
});
