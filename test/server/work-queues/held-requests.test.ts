// `Prefer: wait=N` over the API, for both routes that give work. Time is moved by hand.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { toMillis } from "#lib/time/timestamps.ts";
import { createWorkPool } from "#wire/pools/work-pools.ts";
import { createWorkQueue, type WorkQueue } from "#wire/pools/work-queues.ts";
import { type TestApp, testApp } from "../../app.ts";
import { hold, inSeconds, settle, type Work, workFor } from "./work.ts";

let app: TestApp;
let queue: WorkQueue;
let work: Work;
beforeEach(async () => {
  app = testApp({ services: false });
  queue = await app.call(createWorkQueue, { body: { name: "test" } });
  work = await workFor(app, { work_queue_name: "test" });
});
afterEach(() => app.close());

const PREFER = { prefer: "wait=20" };
const POOL = "/work_pools/default-agent-pool/get_scheduled_flow_runs";
const pass = async (seconds: number) => {
  app.clock.advance(seconds);
  await settle();
};
const routes: [what: string, path: () => string][] = [
  ["a queue", () => `/work_queues/${queue.id}/get_runs`],
  ["a pool", () => POOL],
];

for (const [what, path] of routes) {
  const ask = (headers: object = PREFER) => hold(app, path(), { scheduled_before: inSeconds(app, 0) }, headers);

  describe(what, () => {
    test("without the header answers at once, and says nothing of it", async () => {
      const held = await ask({});
      expect(held.names()).toEqual([]);
      expect(held.answer?.headers.has("preference-applied")).toBe(false);
    });

    test("holds the answer for so long, and says so", async () => {
      const held = await ask();
      await pass(19.999);
      expect(held.answer).toBeUndefined();
      await pass(0.001);
      expect([held.answer?.status, held.names()]).toEqual([200, []]);
      expect(held.answer?.headers.get("preference-applied")).toBe("wait=20");
    });

    test("answers at once when a run is due already, and says so too", async () => {
      await work.due("now");
      const held = await ask();
      expect(held.names()).toEqual(["now"]);
      expect(held.answer?.headers.get("preference-applied")).toBe("wait=20");
    });

    test("is woken by a new run", async () => {
      const held = await ask();
      await work.due("new");
      await settle();
      expect(held.names()).toEqual(["new"]);
    });

    test("is woken by the clock when a run becomes due, to the millisecond", async () => {
      await work.due("future", 7.25);
      const held = await ask();
      await pass(7.249);
      expect(held.answer).toBeUndefined();
      await pass(0.001);
      expect(held.names()).toEqual(["future"]);
    });

    test("is woken when its queue is no longer paused", async () => {
      await app.send("PATCH", `/work_queues/${queue.id}`, { is_paused: true });
      await work.due("now");
      const held = await ask();
      expect(held.answer).toBeUndefined();
      await app.send("PATCH", `/work_queues/${queue.id}`, { is_paused: false });
      await settle();
      expect(held.names()).toEqual(["now"]);
    });

    test("is woken when a slot of its queue becomes free", async () => {
      const running = await work.inState("RUNNING");
      await app.send("PATCH", `/work_queues/${queue.id}`, { concurrency_limit: 1 });
      await work.due("next");
      const held = await ask();
      expect(held.answer).toBeUndefined();
      await app.send("POST", `/flow_runs/${running.id}/set_state`, { state: { type: "COMPLETED" } });
      await settle();
      expect(held.names()).toEqual(["next"]);
    });

    test("notes the poll when the answer is held, not when it comes", async () => {
      const asked = inSeconds(app, 0);
      const held = await ask();
      const polled = async () =>
        (
          await app.db.read((q) =>
            q.get<{ last_polled: string }>("select last_polled from work_queue where name = 'test'"),
          )
        )?.last_polled;
      expect(await polled()).toBe(asked);
      await pass(20);
      expect([held.names(), await polled()]).toEqual([[], asked]);
    });

    test("ends when the client goes", async () => {
      const held = await ask();
      held.leave();
      await settle();
      expect(held.answer === undefined || held.names()?.length === 0).toBe(true);
      await work.due("now");
      const next = await ask();
      expect(next.names()).toEqual(["now"]);
    });

    test("two who wait share the work, and nobody gets a claimed run", async () => {
      const [first, second] = [await ask(), await ask()];
      const run = await work.due("one");
      await settle();
      expect([first.names(), second.answer]).toEqual([["one"], undefined]);
      await app.send("POST", `/flow_runs/${run.id}/set_state`, { state: { type: "PENDING" } });
      await pass(1);
      expect(second.answer).toBeUndefined();
      await work.due("two");
      await settle();
      expect(second.names()).toEqual(["two"]);
    });
  });
}

test("a pool that is deleted meanwhile is 404", async () => {
  await app.call(createWorkPool, { body: { name: "pool" } });
  const held = await hold(app, "/work_pools/pool/get_scheduled_flow_runs", {}, PREFER);
  await app.send("DELETE", "/work_pools/pool");
  await settle();
  expect(held.answer).toMatchObject({ status: 404, body: { detail: 'Work pool "pool" not found.' } });
});

test("queue names in another order are the same question, other names are not", async () => {
  const ask = (work_queue_names: string[]) =>
    hold(app, POOL, { work_queue_names, scheduled_before: inSeconds(app, 0) }, PREFER);
  const [first, second, other] = [
    await ask(["default", "test"]),
    await ask(["test", "default"]),
    await ask(["default"]),
  ];
  await work.due("one");
  await settle();
  expect([first.names(), second.answer, other.answer]).toEqual([["one"], undefined, undefined]);
});

test("what was scheduled until now stays so at its microsecond", async () => {
  const run = await work.due("exact", 1);
  const due = toMillis(run.next_scheduled_start_time ?? "");
  const held = await hold(app, POOL, { scheduled_before: inSeconds(app, 0) }, PREFER);
  await pass((due - app.clock.now()) / 1000);
  expect(held.names()).toEqual(["exact"]);
});
