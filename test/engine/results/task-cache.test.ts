// Caching of tasks: what runs once, what runs again, and what the server is told. Each `run` is a process of its own.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import type { CacheContext, TaskOptions } from "#domain/definitions.ts";
import { MissingResult } from "#domain/run-errors.ts";
import { flow, task, taskInputHash } from "#sdk/index.ts";
import { type OnApp, onApp } from "../on-app.ts";

let here: OnApp;
let calls = 0;
beforeEach(() => {
  here = onApp();
  calls = 0;
});
afterEach(() => here.close());

/** Counts how often it ran; gives its argument back, with the count. */
const counting = (options: TaskOptions) =>
  task(async (value: unknown) => ({ value, call: ++calls }), { name: "count", ...options });
const flowOf = (options: TaskOptions, value: unknown = "x") => flow(() => counting(options)(value), { name: "a" });

const byKey = { cacheKeyFn: () => "the-key" };

test("a second flow run, of another process, gets the value of the first, and its task is Cached", async () => {
  expect((await here.run(flowOf(byKey))).result()).toEqual({ value: "x", call: 1 });
  expect((await here.run(flowOf(byKey, "other"))).result()).toEqual({ value: "x", call: 1 });
  const [first, second] = await here.taskRuns();
  expect([first?.state_name, second?.state_name, second?.state_type, second?.run_count]).toEqual([
    ...["Completed", "Cached", "COMPLETED", 0],
  ]);
  expect(second?.state?.data).toEqual(first?.state?.data);
  expect(second?.state?.state_details).toMatchObject({ cache_key: "the-key", task_run_id: second?.id });
  expect(here.lines.join("\n")).toContain("Task run 'count-0' - Finished in state Cached(type=COMPLETED)");
});

test("within a flow run too, and its value goes on to other tasks", async () => {
  const double = task(async (given: { call: number }) => given.call * 2, { name: "double" });
  const both = flow(async () => [await counting(byKey)(1), await double(await counting(byKey)(2))], { name: "a" });
  expect((await here.run(both)).result()).toEqual([{ value: 1, call: 1 }, 2]);
  const inputs = (await here.taskRuns()).find(({ name }) => name === "double-0")?.task_inputs;
  expect(Object.values(inputs ?? {}).flat()).toHaveLength(1);
});

test("a cached state is as good as any for a flow that returns nothing", async () => {
  const quiet = flow(async () => void (await counting(byKey)(1)), { name: "a" });
  await here.run(quiet);
  expect((await here.run(quiet)).message).toBe("All states completed.");
});

describe("a task runs again", () => {
  test("under another key, or none", async () => {
    let key: string | null | undefined = "one";
    const changing = flowOf({ cacheKeyFn: () => key });
    for (const next of ["one", "two", null, null, undefined, "two"]) {
      key = next;
      await here.run(changing);
    }
    expect(calls).toBe(5);
  });

  test("once its cached result has expired, and is cached again", async () => {
    const short = { ...byKey, cacheExpiration: 6_000 };
    await here.run(flowOf(short));
    here.advance(5_900);
    await here.run(flowOf(short));
    expect(calls).toBe(1);
    here.advance(200);
    await here.run(flowOf(short));
    await here.run(flowOf(short));
    expect(calls).toBe(2);
    const expires = (await here.taskRuns())[0]?.state?.state_details.cache_expiration;
    // The engine's clock runs while it waits for its logs, and asks now and then whether it is cancelled.
    expect(Date.parse(String(expires)) - Date.UTC(2026, 10, 23, 12)).toBeWithin(6_000_000, 6_065_000);
  });

  test("with refreshCache, and others get the new result", async () => {
    await here.run(flowOf(byKey, "old"));
    await here.run(flowOf({ ...byKey, refreshCache: true }, "new"));
    expect((await here.run(flowOf(byKey))).result()).toEqual({ value: "new", call: 2 });
  });

  test("when the setting says that caches are refreshed, unless the task says otherwise", async () => {
    const refreshing = onApp({ ORCH_TASKS_REFRESH_CACHE: true });
    await refreshing.run(flowOf(byKey));
    await refreshing.run(flowOf(byKey));
    expect(calls).toBe(2);
    await refreshing.run(flowOf({ ...byKey, refreshCache: false }));
    expect(calls).toBe(2);
    await refreshing.close();
  });

  test("after a run that failed", async () => {
    const weak = task(async () => (++calls < 2 ? Promise.reject(new Error("no")) : calls), { name: "t", ...byKey });
    const once = flow(() => weak(), { name: "a" });
    expect((await here.run(once)).isFailed()).toBeTrue();
    expect((await here.run(once)).result()).toBe(2);
    expect((await here.run(once)).result()).toBe(2);
  });
});

test("a retried task asks the cache once, and is cached when it completes", async () => {
  const flaky = task(async () => (++calls < 3 ? Promise.reject(new Error("no")) : calls), {
    ...{ name: "t", retries: 3, retryDelaySeconds: 0 },
    ...byKey,
  });
  const once = flow(() => flaky(), { name: "a" });
  expect((await here.run(once)).result()).toBe(3);
  expect((await here.run(once)).result()).toBe(3);
});

test("hooks are for runs: a result from the cache is none", async () => {
  const seen: string[] = [];
  const hooked = flowOf({
    ...byKey,
    onCompletion: [(_task, run, state) => void seen.push(`${run.name} ${state.name}`)],
  });
  await here.run(hooked);
  await here.run(hooked);
  expect(seen).toEqual(["count-0 Completed"]);
});

test("the author's function gets the call: the task, its run and the flow run's, and the arguments by their names", async () => {
  let seen: { context: CacheContext; parameters: Record<string, unknown> } | undefined;
  const add = task(async (x: number, y: { deep: number }) => x + y.deep, {
    name: "add",
    cacheKeyFn: async (context, parameters) => {
      seen = { context, parameters };
      return null;
    },
  });
  const one = task(async () => 1, { name: "one" });
  await here.run(flow(() => add.submit(one.submit(), { deep: 2 }).result(), { name: "a" }));
  expect(seen?.parameters).toEqual({ x: 1, y: { deep: 2 } });
  const [flowRun] = await here.flowRuns();
  const run = (await here.taskRuns()).find(({ name }) => name === "add-0");
  expect(seen?.context).toMatchObject({ taskRunId: run?.id, flowRunId: flowRun?.id });
  expect(seen?.context.task.options.name).toBe("add");
});

const NO_KEYS: [what: string, cacheKeyFn: () => unknown, sentence: string][] = [
  ["that throws", () => Promise.reject(new Error("no key today")), "Error: no key today"],
  ["that gives a number", () => 5, "The cache key of task 'count' has to be text, and is a number."],
  [
    "that gives too long a key",
    () => "k".repeat(2001),
    "The cache key of task 'count' has 2001 characters, and may have 2000. Make a hash of it.",
  ],
];
for (const [what, cacheKeyFn, sentence] of NO_KEYS) {
  test(`a function ${what} fails the run before it starts`, async () => {
    const failures: string[] = [];
    const options = { cacheKeyFn: cacheKeyFn as () => string, onFailure: [() => void failures.push("told")] }; // as careless code has it
    const state = await here.run(flowOf(options));
    expect(state.isFailed()).toBeTrue();
    const [run] = await here.taskRuns();
    expect(run?.state?.message).toContain(sentence);
    expect([calls, run?.run_count, failures]).toEqual([0, 0, ["told"]]);
  });
}

test("the longest key is 2,000 characters", async () => {
  const longest = flowOf({ cacheKeyFn: () => "k".repeat(2000) });
  await here.run(longest);
  await here.run(longest);
  expect(calls).toBe(1);
});

test("a cached result whose file is gone is said to be missing", async () => {
  await here.run(flowOf(byKey));
  rmSync(here.app.settings.ORCH_LOCAL_STORAGE_PATH, { recursive: true });
  const state = await here.run(flowOf(byKey));
  expect(state.error()).toBeInstanceOf(MissingResult);
  expect(String(state.error())).toContain("cannot be read: There is no file");
});

describe("taskInputHash", () => {
  const hashed = { cacheKeyFn: taskInputHash };

  test("runs a task once for equal arguments, in whatever order of keys", async () => {
    await here.run(flowOf(hashed, { a: 1, b: [new Date(0)] }));
    await here.run(flowOf(hashed, { b: [new Date(0)], a: 1 }));
    await here.run(flowOf(hashed, { a: 1, b: [new Date(1)] }));
    expect(calls).toBe(2);
  });

  test("runs it again once its code has changed, or under another name", async () => {
    const first = task(async (x: number) => x + ++calls, { name: "t", ...hashed });
    const changed = task(async (x: number) => x - ++calls, { name: "t", ...hashed });
    const other = first.withOptions({ name: "other" });
    for (const each of [first, changed, other, first, changed, other])
      await here.run(flow(() => each(1), { name: "a" }));
    expect(calls).toBe(3);
  });

  test("makes no key where an argument has no content to compare", async () => {
    await here.run(flowOf(hashed, () => 1));
    await here.run(flowOf(hashed, () => 1));
    expect(calls).toBe(2);
  });
});
