// A crowd of runs that are due together starts a few at a time; long runs do not hold up others.
import { expect, test } from "bun:test";
import { createStartLimiter, type Turn } from "#agent/start-limiter.ts";
import { nextTurn } from "#lib/yield.ts";
import { manualClock } from "../clock.ts";

/** So many runs that want to start at once. */
async function crowd(count: number) {
  const clock = manualClock();
  const startLimiter = createStartLimiter(clock);
  const turns: Turn[] = [];
  const order: number[] = [];
  for (let n = 0; n < count; n += 1) {
    void startLimiter.turn().then((turn) => {
      turns.push(turn);
      order.push(n);
    });
  }
  await nextTurn();
  return { clock, startLimiter, turns, order };
}

const forEver = new Promise<never>(() => {});

test("eight of a crowd go first", async () => {
  expect((await crowd(20)).turns).toHaveLength(8);
});

test("the next goes when one has ended, in the order they came", async () => {
  const { turns, order } = await crowd(10);
  turns[3]?.started(Promise.resolve());
  await nextTurn();
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("the next goes when one was not started after all", async () => {
  const { turns } = await crowd(10);
  turns[0]?.release();
  await nextTurn();
  expect(turns).toHaveLength(9);
});

test("long runs hold up the next for a moment only", async () => {
  const { clock, turns } = await crowd(20);
  for (const turn of turns) turn.started(forEver);
  clock.advance(0.299);
  await nextTurn();
  expect(turns).toHaveLength(8);
  clock.advance(0.001);
  await nextTurn();
  expect(turns).toHaveLength(16);
});

test("who comes after the crowd goes at once", async () => {
  const { startLimiter, turns } = await crowd(8);
  for (const turn of turns) turn.release();
  await startLimiter.turn();
});
