// Tasks of limited tags, against the real server: never more than the limit at a time, and no waiting once a slot is free.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { OrchError } from "#lib/errors.ts";
import { nextTurn } from "#lib/yield.ts";
import { flow, task } from "#sdk/index.ts";
import type { Endpoint } from "#wire/endpoint.ts";
import {
  createConcurrencyLimit,
  deleteConcurrencyLimitByTag,
  readConcurrencyLimitByTag,
} from "#wire/pools/concurrency-limits.ts";
import { setFlowRunState } from "#wire/runs/flow-runs.ts";
import { type OnApp, onApp } from "../on-app.ts";

let here: OnApp;
let now = 0;
let most = 0;
let calls: string[] = [];
let sleeps: number[] = [];
/** What the server says that a run should wait for its slot. */
const HALF_A_MINUTE = 30_000;
beforeEach(() => {
  here = onApp();
  [now, most, calls, sleeps] = [0, 0, [], []];
  const { sleep } = here.clock;
  here.clock.sleep = (millis, signal) => {
    sleeps.push(millis);
    return sleep(millis, signal);
  };
  const { call } = here.client;
  const counted = (endpoint: Endpoint, ...more: [never, never]) => {
    calls.push(endpoint.path);
    return call(endpoint as never, ...more); // passed on as it is
  };
  here.client.call = counted as typeof call; // as above
});
afterEach(() => here.close());

const limit = (tag: string, concurrency_limit: number) =>
  here.app.call(createConcurrencyLimit, { body: { tag, concurrency_limit } });
const slots = async (tag: string) => (await here.app.call(readConcurrencyLimitByTag, { params: { tag } })).active_slots;

const limited = (tags: string[] = ["db"], options = {}) =>
  task(
    async (turns: number) => {
      most = Math.max(most, ++now);
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      now--;
    },
    { name: "limited", tags, ...options },
  );
const many = (count: number, definition = limited()) =>
  flow(async () => void definition.map(Array.from({ length: count }, () => 3)), { name: "many" });

test("twenty tasks of a tag with two slots run two at a time, each as soon as a slot is free", async () => {
  await limit("db", 2);
  const state = await here.run(many(20));
  expect(state.message).toBe("All states completed.");
  expect(most).toBe(2);
  expect(sleeps).not.toContain(HALF_A_MINUTE);
  expect(await slots("db")).toEqual([]);
});

test("those that wait do not crowd the server: each asks a few times", async () => {
  await limit("db", 1);
  await here.run(many(40));
  const asked = calls.filter((path) => path === "/orch/free_slots").length;
  expect(asked).toBeLessThanOrEqual(2 * 40);
  expect(calls.filter((path) => path === "/task_runs/{id}/set_state").length).toBeLessThanOrEqual(4 * 40);
});

test("two processes share the slots", async () => {
  await limit("db", 1);
  const states = await Promise.all([here.run(many(5)), here.run(many(5))]);
  expect(states.map((state) => state.message)).toEqual(["All states completed.", "All states completed."]);
  expect(most).toBe(1);
});

test("a task of two tags waits for both, and others of one of them do not wait for it", async () => {
  await limit("db", 1);
  await limit("net", 1);
  const mixed = flow(
    async () => {
      limited(["db"]).submit(9);
      limited(["net", "db"]).submit(1);
      limited(["net"]).submit(1);
    },
    { name: "mixed" },
  );
  expect((await here.run(mixed)).message).toBe("All states completed.");
  expect([await slots("db"), await slots("net")]).toEqual([[], []]);
});

test("a retry gives its slot back, and gets it again", async () => {
  await limit("db", 1);
  let tries = 0;
  const flaky = task(async () => (++tries < 3 ? Promise.reject(new Error("no")) : tries), {
    ...{ name: "flaky", tags: ["db"], retries: 2, retryDelaySeconds: 0 },
  });
  expect((await here.run(flow(() => flaky(), { name: "a" }))).result()).toBe(3);
  expect(await slots("db")).toEqual([]);
});

test("a limit that is raised or deleted lets those that wait go on at once", async () => {
  await limit("db", 1);
  const first = Promise.withResolvers<void>();
  const hold = task(() => first.promise, { name: "hold", tags: ["db"] });
  const waiting = flow(
    async () => {
      const held = hold.submit();
      await limited().submit(1).wait();
      first.resolve();
      await held.wait();
    },
    { name: "a" },
  );
  const work = here.run(waiting);
  while (!calls.includes("/orch/free_slots")) await nextTurn();
  await here.app.call(deleteConcurrencyLimitByTag, { params: { tag: "db" } });
  expect((await work).isCompleted()).toBeTrue();
});

test("a run whose process was killed holds no slot once its end is known", async () => {
  await limit("db", 1);
  const stuck = Promise.withResolvers<void>();
  const hold = task(() => stuck.promise, { name: "hold", tags: ["db"] });
  const killed = here.run(flow(() => hold(), { name: "killed" })).catch(() => {});
  while ((await slots("db")).length === 0) await nextTurn();
  const work = here.run(many(2));
  while (!calls.includes("/orch/free_slots")) await nextTurn();
  const [run] = await here.flowRuns();
  const state = { type: "CRASHED" as const, message: "Flow run infrastructure exited with non-zero status code -9." };
  await here.app.call(setFlowRunState, { params: { id: run?.id ?? "" }, body: { state } });
  expect((await work).message).toBe("All states completed.");
  stuck.resolve();
  await killed;
});

test("tasks that wait when their flow has run out of time do not start any more", async () => {
  await limit("db", 1);
  let started = 0;
  const late = Promise.withResolvers<void>();
  const slow = task(
    async (_turn: number) => {
      started++;
      await late.promise;
    },
    { name: "slow", tags: ["db"] },
  );
  const short = flow(async () => void (await Promise.all(slow.map([1, 2, 3]).map((each) => each.wait()))), {
    ...{ name: "short", timeoutSeconds: 5 },
  });
  expect((await here.run(short)).name).toBe("TimedOut");
  late.resolve();
  await nextTurn();
  expect(started).toBe(1);
});

test("a server that knows no such route is asked again when it said", async () => {
  await limit("db", 1);
  const { call } = here.client;
  const old = (endpoint: Endpoint, ...more: [never, never]) =>
    endpoint.path === "/orch/free_slots"
      ? Promise.reject(new OrchError("not_found", "Not Found"))
      : call(endpoint as never, ...more);
  here.client.call = old as typeof call; // passed on as it is
  await here.run(many(2));
  expect(most).toBe(1);
  expect(sleeps).toContain(HALF_A_MINUTE);
});
