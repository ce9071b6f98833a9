// Answers that wait until there is something to say. Time is moved by hand.
import { expect, test } from "bun:test";
import { createEventsHub, type ServerEvent } from "#server/kernel/event-hub.ts";
import { heldList } from "#server/long-polls/held-list.ts";
import { manualClock } from "../../clock.ts";
import { settle } from "../work-queues/work.ts";

const NEWS: ServerEvent = { type: "foreign-write" };

function setup(seconds: number | null) {
  const clock = manualClock();
  let listening = 0;
  const events = createEventsHub(() => {
    listening += 1;
    return () => {
      listening -= 1;
    };
  });
  const gone = new AbortController();
  const headers = new Headers(seconds === null ? {} : { prefer: `wait=${seconds}` });
  const rows: string[] = [];
  let looks = 0;
  const state: { answer: string[] | undefined } = { answer: undefined };
  const answered = heldList(
    { clock, events },
    { headers, signal: gone.signal },
    {
      async look() {
        looks += 1;
        return [...rows];
      },
      matters: ({ type }) => type === "foreign-write",
    },
  ).then((answer) => {
    state.answer = answer;
  });
  return { clock, events, gone, rows, state, answered, looks: () => looks, listening: () => listening };
}

test("without the wish to wait the answer comes at once", async () => {
  const { answered, state } = setup(null);
  await answered;
  expect(state.answer).toEqual([]);
});

test("it comes in the moment there is something to say", async () => {
  const { events, rows, state, answered, listening } = setup(20);
  await settle();
  rows.push("a");
  events.publish(NEWS);
  await answered;
  expect(state.answer).toEqual(["a"]);
  expect(listening()).toBe(0);
});

test("nothing is looked for after what does not matter, and an event for nothing ends no wait", async () => {
  const { events, state, looks, gone, answered } = setup(20);
  await settle();
  events.publish({ type: "runs-due-changed" });
  await settle();
  expect(looks()).toBe(1);
  events.publish(NEWS);
  await settle();
  expect([looks(), state.answer]).toEqual([2, undefined]);
  gone.abort();
  await answered;
});

test("it comes empty when the time is over", async () => {
  const { clock, state, answered, listening } = setup(20);
  await settle();
  clock.advance(19.9);
  await settle();
  expect(state.answer).toBeUndefined();
  clock.advance(0.1);
  await answered;
  expect(state.answer).toEqual([]);
  expect(listening()).toBe(0);
});

test("it comes at once when the server stops or the asker goes", async () => {
  const { gone, answered, state, listening } = setup(20);
  await settle();
  gone.abort();
  await answered;
  expect(state.answer).toEqual([]);
  expect(listening()).toBe(0);
});
