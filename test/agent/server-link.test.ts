// What an agent says of a server that is away, and how long it keeps asking.
import { expect, test } from "bun:test";
import { createServerLink } from "#agent/server-link.ts";
import { refusalOf } from "#client/refusals.ts";
import { OrchError } from "#lib/errors.ts";
import { errorOfAnswer } from "#wire/problems.ts";
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

test("R15: the first server of all is waited for without end, said once", async () => {
  const { link, call, said, clock } = setup();
  const signal = new AbortController().signal;
  expect(await link.reach(call(2_000), { signal, briefly: false })).toBe("answer");
  expect(clock.elapsed()).toBeGreaterThan(3_600_000);
  expect(said).toEqual(["away Waiting for it; Ctrl-C ends the wait.", "The server at http://x/api is there."]);
});

test("R15: an agent that works once waits for two seconds", async () => {
  const { link, call, clock } = setup();
  const signal = new AbortController().signal;
  await expect(link.reach(call(1_000), { signal, briefly: true })).rejects.toBe(AWAY);
  expect(clock.elapsed()).toBeWithin(1_000, 3_000);
});

test("R15: a name that no machine has, and a wrong key, are not waited for", async () => {
  const { link, call, clock } = setup();
  const signal = new AbortController().signal;
  const cause = Object.assign(new Error("getaddrinfo ENOTFOUND x"), { code: "ENOTFOUND" });
  const unknown = new OrchError("unavailable", "The machine 'x' is not known.", { cause });
  await expect(link.reach(call(1_000, unknown), { signal, briefly: false })).rejects.toThrow("'x' is not known");
  expect(clock.elapsed()).toBeLessThan(6_000);
  const refusal = new OrchError("unauthorized", "no key");
  await expect(link.reach(call(1, refusal), { signal, briefly: false })).rejects.toBe(refusal);
});

test("R10: a server that answers and cannot write is said with its own sentence", async () => {
  const { link, call, said } = setup();
  await link.insist(call(2, errorOfAnswer(503, { detail: "The disk is full." })));
  expect(said).toEqual(["The disk is full. Waiting for it to come back; runs under way go on.", BACK]);
});

test("a proxy's page for a server that is away is waited for once the server has answered, and ends the first call", async () => {
  const { link, call, said, clock } = setup();
  const page = refusalOf("http://x/api", { status: 404, value: undefined, text: "404 page not found" });
  await link.insist(call(3, page));
  expect(said).toEqual([`${page.message} Waiting for it to come back; runs under way go on.`, BACK]);
  const signal = new AbortController().signal;
  const began = clock.elapsed();
  const first = link.reach(call(1_000, page), { signal, briefly: false });
  await expect(first).rejects.toMatchObject({ code: "invalid", message: page.message });
  expect(clock.elapsed() - began).toBeLessThan(6_000);
  expect(said).toHaveLength(2);
});
