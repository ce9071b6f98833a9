// Held requests for work: who is woken, exactly when, and how little is looked at. Time is moved by hand.
import { beforeEach, describe, expect, test } from "bun:test";
import { messageOf } from "#lib/errors.ts";
import { MOST_HELD_REQUESTS } from "#lib/limits.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { createEventsHub, type EventsHub } from "#server/kernel/event-hub.ts";
import { preferenceApplied, preferredWait } from "#server/long-polls/prefer-wait.ts";
import type { DueRun } from "#server/work-queues/due-runs.ts";
import { createHeldRequests, type Question } from "#server/work-queues/wait.ts";
import { type ManualClock, manualClock } from "../../clock.ts";
import { settle } from "./work.ts";

describe("the header", () => {
  const table: [header: string | null, seconds: number][] = [
    [null, 0],
    ["wait=10", 10],
    ["Wait = 2.5", 2.5],
    ["respond-async, wait=7", 7],
    ["respond-async;wait=7", 7],
    ['wait="3"', 3],
    ["wait=100", 60],
    ["wait=99999999999999", 60],
    ["wait=0", 0],
    ["wait=-1", 0],
    ["wait=soon", 0],
    ["await=5", 0],
    ["handling=lenient", 0],
  ];
  for (const [header, seconds] of table) {
    test(`${header ?? "none"} waits ${seconds} s`, () => {
      const headers = new Headers(header === null ? {} : { prefer: header });
      expect(preferredWait(headers)).toBe(seconds);
      expect(preferenceApplied(headers)).toEqual(seconds > 0 ? { "preference-applied": `wait=${seconds}` } : {});
    });
  }
});

describe("a waiting room", () => {
  let clock: ManualClock;
  let events: EventsHub;
  let runs: DueRun[];
  let looks: number;
  let listeners: number;
  let ask: (fields?: Partial<Question> & { wait?: number; signal?: AbortSignal }) => {
    answer?: string[];
    error?: unknown;
  };

  const run = (id: string, seconds = 0): DueRun => {
    const next_scheduled_start_time = toTimestamp(clock.now() + seconds * 1000);
    return { id, work_queue_id: "q", next_scheduled_start_time };
  };
  const changed = async () => {
    events.publish({ type: "runs-due-changed" });
    await settle();
  };
  const pass = async (seconds: number) => {
    clock.advance(seconds);
    await settle();
  };

  beforeEach(() => {
    clock = manualClock();
    const hub = createEventsHub();
    listeners = 0;
    events = {
      publish: hub.publish,
      count: hub.count,
      subscribe(listener) {
        listeners += 1;
        const stop = hub.subscribe(listener);
        return () => {
          listeners -= 1;
          stop();
        };
      },
    };
    runs = [];
    looks = 0;
    const room = createHeldRequests({ clock, events });
    ask = ({ wait = 30, signal = new AbortController().signal, ...fields } = {}) => {
      const held: ReturnType<typeof ask> = {};
      const headers = new Headers(wait > 0 ? { prefer: `wait=${wait}` } : {});
      const question: Question = {
        key: "q",
        before: toTimestamp(clock.now()),
        limit: 10,
        async due(before, limit) {
          looks += 1;
          return runs.filter((due) => before === null || due.next_scheduled_start_time <= before).slice(0, limit);
        },
        async next(after) {
          return runs.map((due) => due.next_scheduled_start_time).find((time) => time > after);
        },
        ...fields,
      };
      room.ask({ headers, signal }, question).then(
        (found) => (held.answer = found.map(({ id }) => id)),
        (error) => (held.error = error),
      );
      return held;
    };
  });

  test("answers at once when there is work", async () => {
    runs = [run("a")];
    const held = ask();
    await settle();
    expect(held.answer).toEqual(["a"]);
  });

  test("answers at once without the header, with nothing if need be", async () => {
    const held = ask({ wait: 0 });
    await settle();
    expect([held.answer, listeners]).toEqual([[], 0]);
  });

  test("answers with nothing when time is up, not before", async () => {
    const held = ask({ wait: 30 });
    await pass(29.999);
    expect(held.answer).toBeUndefined();
    await pass(0.001);
    expect(held.answer).toEqual([]);
  });

  test("answers when something changed and there is work", async () => {
    const held = ask();
    await changed();
    expect(held.answer).toBeUndefined();
    runs = [run("a")];
    await changed();
    expect(held.answer).toEqual(["a"]);
  });

  test("wakes when the next run becomes due: not a millisecond early, without looking in between", async () => {
    runs = [run("a", 12.3456)];
    const held = ask();
    await settle();
    const before = looks;
    await pass(12.345);
    expect([held.answer, looks]).toEqual([undefined, before]);
    await pass(0.001);
    expect(held.answer).toEqual(["a"]);
  });

  test("who looks ahead is woken so much earlier", async () => {
    runs = [run("a", 12)];
    const held = ask({ before: toTimestamp(clock.now() + 10_000) });
    await pass(1.999);
    expect(held.answer).toBeUndefined();
    await pass(0.001);
    expect(held.answer).toEqual(["a"]);
  });

  test("who looks back is woken so much later", async () => {
    runs = [run("a", 1)];
    const held = ask({ before: toTimestamp(clock.now() - 5_000) });
    await pass(5.999);
    expect(held.answer).toBeUndefined();
    await pass(0.001);
    expect(held.answer).toEqual(["a"]);
  });

  test("who names no moment takes any run, and is not woken by the clock", async () => {
    const held = ask({ before: null });
    await settle();
    expect(held.answer).toBeUndefined();
    runs = [run("a", 3600)];
    await changed();
    expect(held.answer).toEqual(["a"]);
  });

  test("a run that comes in earlier than the one waited for moves the alarm", async () => {
    runs = [run("late", 20)];
    const held = ask();
    await pass(1);
    runs = [run("early", 2), ...runs];
    await changed();
    await pass(2);
    expect(held.answer).toEqual(["early"]);
  });

  test("asks for nothing, gets nothing, at once", async () => {
    runs = [run("a")];
    const held = ask({ limit: 0 });
    await settle();
    expect(held.answer).toEqual([]);
  });

  describe("with many who wait", () => {
    test("one run goes to one of them, the first, with a look for each step and not for each of them", async () => {
      const held = Array.from({ length: 200 }, () => ask());
      await settle();
      looks = 0;
      runs = [run("a")];
      await changed();
      expect(held.filter(({ answer }) => answer)).toHaveLength(1);
      expect(held[0]?.answer).toEqual(["a"]);
      expect(looks).toBe(2);
    });

    test("a run that nobody claims goes to the next", async () => {
      const [first, second] = [ask(), ask()];
      await settle();
      runs = [run("a")];
      await changed();
      await pass(0.029);
      expect([first.answer, second.answer]).toEqual([["a"], undefined]);
      await pass(0.001);
      expect(second.answer).toEqual(["a"]);
    });

    test("a run that is claimed meanwhile does not", async () => {
      const [, second] = [ask(), ask()];
      await settle();
      runs = [run("a")];
      await changed();
      runs = [];
      await pass(1);
      expect(second.answer).toBeUndefined();
    });

    test("runs are dealt out by what each asks for", async () => {
      const held = [ask({ limit: 2 }), ask({ limit: 1 }), ask({ limit: 5 })];
      await settle();
      runs = [run("a"), run("b"), run("c"), run("d")];
      await changed();
      expect(held.map(({ answer }) => answer)).toEqual([["a", "b"], ["c"], ["d"]]);
    });

    test("a crowd is shared by all who wait", async () => {
      const held = [ask({ limit: 9 }), ask({ limit: 9 }), ask({ limit: 9 })];
      await settle();
      runs = Array.from({ length: 8 }, (_, index) => run(`r${index}`));
      await changed();
      expect(held.map(({ answer }) => answer?.length)).toEqual([3, 3, 2]);
    });

    test("where claims are slow a run is its asker's for longer", async () => {
      const claimIt = (id: string) =>
        events.publish({ type: "flow-run-state", flow_run_id: id, state_type: "PENDING", state_name: "Pending" });
      const [first, second, third] = [ask(), ask(), ask()];
      await settle();
      runs = [run("slow")];
      await changed();
      runs = [];
      await pass(0.025);
      claimIt("slow");
      runs = [run("next")];
      await changed();
      await pass(0.049);
      expect([first.answer, second.answer, third.answer]).toEqual([["slow"], ["next"], undefined]);
      await pass(0.001);
      expect(third.answer).toEqual(["next"]);
    });

    test("who comes later takes what is left", async () => {
      const first = ask({ limit: 1 });
      await settle();
      runs = [run("a"), run("b")];
      await changed();
      const second = ask();
      await settle();
      expect([first.answer, second.answer]).toEqual([["a"], ["b"]]);
    });

    test("who looks further ahead is served before who came first", async () => {
      const near = ask();
      const far = ask({ before: toTimestamp(clock.now() + 10_000) });
      await settle();
      runs = [run("a", 15)];
      await changed();
      await pass(5);
      expect([near.answer, far.answer]).toEqual([undefined, ["a"]]);
      await pass(10);
      expect(near.answer).toEqual(["a"]);
    });

    test("other questions are other lines", async () => {
      const [one, other] = [ask({ key: "one" }), ask({ key: "other", due: async () => [] })];
      runs = [run("a")];
      await changed();
      expect([one.answer, other.answer]).toEqual([["a"], undefined]);
    });

    test("a burst of events is a look or two", async () => {
      ask();
      await settle();
      looks = 0;
      for (let times = 0; times < 1000; times += 1) events.publish({ type: "runs-due-changed" });
      await settle();
      expect(looks).toBeLessThanOrEqual(2);
    });

    test("other events are none of its business", async () => {
      ask();
      await settle();
      looks = 0;
      events.publish({ type: "deployment-changed", deployment_id: "d" });
      await settle();
      expect(looks).toBe(0);
    });
  });

  test("a change during a look is not missed", async () => {
    let finishLook = () => {};
    const slow = new Promise<void>((resolve) => (finishLook = resolve));
    const held = ask({
      async due() {
        const found = [...runs];
        await slow;
        return found;
      },
    });
    await settle();
    runs = [run("a")];
    await changed();
    finishLook();
    await settle();
    expect(held.answer).toEqual(["a"]);
  });

  test("who goes away leaves nothing behind, and his place to the next", async () => {
    const gone = new AbortController();
    const [first, second] = [ask({ signal: gone.signal }), ask()];
    await settle();
    gone.abort();
    await settle();
    expect(first.answer).toEqual([]);
    runs = [run("a")];
    await changed();
    expect([second.answer, listeners]).toEqual([["a"], 0]);
  });

  test("who was gone before is not waited for", async () => {
    const held = ask({ signal: AbortSignal.abort() });
    await settle();
    expect([held.answer, listeners]).toEqual([[], 0]);
  });

  test("an error is the asker's own", async () => {
    let broken = false;
    const failing = ask({
      key: "broken",
      async due() {
        if (broken) throw new Error("the queue is gone");
        return [];
      },
    });
    const other = ask();
    await settle();
    broken = true;
    await changed();
    expect(failing.error).toMatchObject({ message: "the queue is gone" });
    runs = [run("a")];
    await changed();
    expect([other.answer, listeners]).toEqual([["a"], 0]);
  });

  test("says when it holds an answer, once it does", async () => {
    let holds = 0;
    const onHold = () => (holds += 1);
    runs = [run("a")];
    ask({ onHold });
    await settle();
    expect(holds).toBe(0);
    runs = [];
    ask({ onHold });
    await settle();
    await changed();
    expect(holds).toBe(1);
  });

  test("runs offered long ago are forgotten, also in a busy line", async () => {
    runs = Array.from({ length: 50 }, (_, index) => run(`r${index}`));
    for (let turn = 0; turn < 5; turn += 1) {
      const held = ask();
      await settle();
      expect(held.answer).toEqual(Array.from({ length: 10 }, (_, index) => `r${turn * 10 + index}`));
    }
    await pass(0.03);
    const again = ask();
    await settle();
    expect(again.answer?.[0]).toBe("r0");
  });

  test("R12: many lines are looked for a few at a time, so that other requests get their turns", async () => {
    const held = Array.from({ length: 40 }, (_, index) => ask({ key: `queue ${index}` }));
    await settle();
    looks = 0;
    events.publish({ type: "runs-due-changed" });
    await Promise.resolve();
    const atOnce = looks;
    runs = [run("a")];
    await settle();
    expect([atOnce < 40, looks]).toEqual([true, 40]);
    expect(held.filter(({ answer }) => answer?.length === 1)).not.toEqual([]);
  });

  test("R12: no more requests are held than the limit says", async () => {
    for (let count = 0; count < MOST_HELD_REQUESTS; count += 1) ask();
    await settle();
    const one = ask();
    await settle();
    expect(messageOf(one.error)).toBe("2000 requests are held already: try again later.");
    await pass(30);
    const later = ask();
    await settle();
    expect(later.error).toBeUndefined();
  });
});
