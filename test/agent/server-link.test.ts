// What an agent says of a server that is away, and how long it keeps asking.
import { expect, test } from "bun:test";
import { createServerLink } from "#agent/server-link.ts";
import { OrchError } from "#lib/errors.ts";
import { lapseClock } from "../engine/lapse-clock.ts";

const AWAY = new OrchError("unavailable", "away");

function setup() {
  const said: string[] = [];
  const clock = lapseClock();
  const giveUp = new AbortController();
  const link = createServerLink({
    clock,
    where: "http://x/api",
    say: (line) => said.push(line),
    giveUp: giveUp.signal,
  });
  /** Fails so often, then answers. */
  const call =
    (failures: number, error: Error = AWAY) =>
    async () => {
      if (failures-- > 0) throw error;
      return "answer";
    };
  return { said, clock, giveUp, link, call };
}

const LOST = "Lost the server at http://x/api. Waiting for it to come back; runs under way go on.";
const BACK = "The server at http://x/api is back.";

test("a server that answers is not spoken of", async () => {
  const { link, call, said } = setup();
  expect([await link.attempt(call(0)), await link.insist(call(0))]).toEqual(["answer", "answer"]);
  expect(said).toEqual([]);
});

test("one that is away is lost once and back once, whoever asks", async () => {
  const { link, call, said } = setup();
  await expect(link.attempt(call(1))).rejects.toBe(AWAY);
  await Promise.all([link.insist(call(5)), link.insist(call(6))]);
  await link.attempt(call(0));
  expect(said.slice(0, 2)).toEqual([LOST, BACK]);
});

test("one that is lost again is said again", async () => {
  const { link, call, said } = setup();
  await link.insist(call(1));
  await link.insist(call(1));
  expect(said).toEqual([LOST, BACK, LOST, BACK]);
});

test("a refusal is thrown at once and means nothing", async () => {
  const { link, call, said } = setup();
  const refusal = new OrchError("conflict", "no");
  await expect(link.insist(call(1, refusal))).rejects.toBe(refusal);
  expect(said).toEqual([]);
});

test("asking ends when the agent has to end", async () => {
  const { link, call, said, giveUp, clock } = setup();
  const asking = link.insist(call(Number.POSITIVE_INFINITY));
  giveUp.abort();
  await expect(asking).rejects.toBe(AWAY);
  expect(clock.elapsed()).toBeLessThan(1_000);
  expect(said.length).toBeLessThanOrEqual(1);
});
