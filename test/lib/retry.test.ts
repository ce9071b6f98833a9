// Waiting for a server that is away: how long, how often, and for what not.
import { expect, test } from "bun:test";
import { retryDelay } from "#engine/session/propose.ts";
import { OrchError } from "#lib/errors.ts";
import { isUnavailable, retryUntilAvailable } from "#lib/retry.ts";
import { lapseClock } from "../engine/lapse-clock.ts";

const AWAY = new OrchError("unavailable", "away");

function failing(times: number, error: unknown = AWAY) {
  const seen: string[] = [];
  const attempt = async (key: string) => {
    seen.push(key);
    if (seen.length <= times) throw error;
    return "answer";
  };
  return { seen, attempt };
}

test("an answer at once is no wait", async () => {
  const clock = lapseClock();
  const { seen, attempt } = failing(0);
  expect(await retryUntilAvailable({ clock, seconds: 10 }, attempt)).toBe("answer");
  expect(seen).toHaveLength(1);
  expect(clock.elapsed()).toBe(0);
});

test("the first try comes again soon, later ones ever more slowly, all with one key", async () => {
  const clock = lapseClock();
  const { seen, attempt } = failing(4);
  await retryUntilAvailable({ clock, seconds: 60 }, attempt);
  expect(seen).toEqual(Array(5).fill(seen[0]));
  expect(clock.elapsed()).toBe(100 + 200 + 400 + 800);
});

test("patience ends with the error, before its time is over", async () => {
  const clock = lapseClock();
  await expect(retryUntilAvailable({ clock, seconds: 60 }, failing(999).attempt)).rejects.toBe(AWAY);
  expect(clock.elapsed()).toBeWithin(50_000, 60_001);
});

test("any other failure is thrown at once", async () => {
  const clock = lapseClock();
  const wrong = new OrchError("invalid", "no");
  const { seen, attempt } = failing(1, wrong);
  await expect(retryUntilAvailable({ clock, seconds: 60 }, attempt)).rejects.toBe(wrong);
  expect(seen).toHaveLength(1);
});

test("a signal ends the wait", async () => {
  const clock = lapseClock();
  const signal = AbortSignal.abort();
  await expect(retryUntilAvailable({ clock, seconds: 60, signal }, failing(9).attempt)).rejects.toBe(AWAY);
  expect(clock.elapsed()).toBe(0);
});

test("only a server that is away counts as away", () => {
  expect([AWAY, new OrchError("internal", "x"), new Error("y"), "z"].map(isUnavailable)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

const DELAYS: [number | number[] | undefined, retry: number, seconds: number][] = [
  [undefined, 1, 0],
  [3, 1, 3],
  [3, 9, 3],
  [[1, 2], 1, 1],
  [[1, 2], 2, 2],
  [[1, 2], 5, 2],
  [[], 1, 0],
];
for (const [delays, retry, seconds] of DELAYS) {
  test(`with delays ${JSON.stringify(delays)} retry ${retry} waits ${seconds} s`, () => {
    expect(retryDelay(delays, retry)).toBe(seconds);
  });
}
