// Concurrency limits of tags over the API, and the slots that task runs take and give back.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { releaseSlots, takeSlots } from "#server/concurrency-limits/slots.ts";
import {
  type ConcurrencyLimit,
  createConcurrencyLimit,
  readConcurrencyLimitByTag,
} from "#wire/pools/concurrency-limits.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeFlowRun, makeTaskRun } from "../../factory.ts";

const RUNS = ["1", "2", "3"].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`) as [
  string,
  string,
  string,
];

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

const make = (tag: string, concurrency_limit: number): Promise<ConcurrencyLimit> =>
  app.call(createConcurrencyLimit, { body: { tag, concurrency_limit } });
const slotsOf = async (tag: string): Promise<string[]> =>
  (await app.call(readConcurrencyLimitByTag, { params: { tag } })).active_slots;
const take = (tags: string[], id: string) => app.db.write((tx) => takeSlots(tx, app.clock, tags, id));
const release = (tags: string[], id: string) => app.db.write((tx) => releaseSlots(tx, app.clock, tags, id));

describe("the routes", () => {
  test("creating answers 200, again too: the limit changes, slots and id stay", async () => {
    const first = await app.send("POST", "/concurrency_limits/", { tag: "db", concurrency_limit: 2 });
    expect(first).toMatchObject({ status: 200, body: { tag: "db", concurrency_limit: 2, active_slots: [] } });
    await take(["db"], RUNS[0]);
    app.clock.advance(1);
    const second = await app.send("POST", "/concurrency_limits/", { tag: "db", concurrency_limit: 5 });
    const { id, created, updated } = first.body as ConcurrencyLimit;
    expect(second).toMatchObject({
      ...{ status: 200, body: { id, created, concurrency_limit: 5, active_slots: [RUNS[0]] } },
    });
    expect((second.body as ConcurrencyLimit).updated > updated).toBe(true);
    expect(await app.count("concurrency_limit")).toBe(1);
  });

  test("a negative limit is taken", async () => expect((await make("db", -1)).concurrency_limit).toBe(-1));

  test("by its id it is read and deleted as by its tag", async () => {
    const { id } = await make("db", 1);
    expect(await app.send("GET", `/concurrency_limits/${id}`)).toMatchObject({ status: 200, body: { id, tag: "db" } });
    expect(await app.send("DELETE", `/concurrency_limits/${id}`)).toEqual({ status: 200, body: null as never });
    const missing = { status: 404, body: { detail: "Concurrency limit not found" } as never };
    expect(await app.send("GET", `/concurrency_limits/${id}`)).toEqual(missing);
    expect(await app.send("DELETE", `/concurrency_limits/${id}`)).toEqual(missing);
  });

  const bad: [what: string, body: object][] = [
    ["no tag", { concurrency_limit: 1 }],
    ["no limit", { tag: "db" }],
    ["an unknown key", { tag: "db", concurrency_limit: 1, bogus: 1 }],
  ];
  for (const [what, body] of bad) {
    test(`${what} is 422`, async () => {
      expect((await app.send("POST", "/concurrency_limits/", body)).status).toBe(422);
      expect(await app.count("concurrency_limit")).toBe(0);
    });
  }

  test("lists by tag, in pages", async () => {
    for (const tag of ["c", "a", "b"]) await make(tag, 1);
    const list = async (body: object) =>
      ((await app.send("POST", "/concurrency_limits/filter", body)).body as ConcurrencyLimit[]).map(({ tag }) => tag);
    expect([await list({}), await list({ limit: 1, offset: 1 })]).toEqual([["a", "b", "c"], ["b"]]);
  });

  test("resetting empties the slots, or puts others there", async () => {
    await make("db", 3);
    await take(["db"], RUNS[0]);
    const reset = (body: object) => app.send("POST", "/concurrency_limits/tag/db/reset", body);
    expect<unknown>(await reset({ slot_override: [RUNS[1], RUNS[2]] })).toEqual({ status: 200, body: null });
    expect(await slotsOf("db")).toEqual([RUNS[1], RUNS[2]]);
    await reset({});
    expect(await slotsOf("db")).toEqual([]);
  });

  test("deleting answers 200", async () => {
    await make("db", 3);
    expect<unknown>(await app.send("DELETE", "/concurrency_limits/tag/db")).toEqual({ status: 200, body: null });
    expect(await app.count("concurrency_limit")).toBe(0);
  });

  const missing: [method: string, path: string, body?: object][] = [
    ["GET", "/concurrency_limits/tag/none"],
    ["DELETE", "/concurrency_limits/tag/none"],
    ["POST", "/concurrency_limits/tag/none/reset", {}],
  ];
  for (const [method, path, body] of missing) {
    test(`${method} ${path} is 404`, async () => {
      const answer = await app.send(method, path, body);
      expect<unknown>(answer).toEqual({ status: 404, body: { detail: "Concurrency limit not found" } });
    });
  }
});

describe("slots", () => {
  beforeEach(async () => {
    await make("a", 2);
    await make("b", 1);
    await make("shut", 0);
    await make("below", -1);
  });

  const table: [what: string, taken: [tags: string[], id: string][], tags: string[], full: object | undefined][] = [
    ["tags without a limit are free", [], ["none"], undefined],
    ["no tags are free", [], [], undefined],
    ["there is room", [[["a"], RUNS[1]]], ["a"], undefined],
    ["it is full", [[["b"], RUNS[1]]], ["b"], { tag: "b", limit: 1 }],
    ["one of two is full", [[["b"], RUNS[1]]], ["a", "b"], { tag: "b", limit: 1 }],
    ["a limit of 0", [], ["a", "shut"], { tag: "shut", limit: 0 }],
    ["a limit below 0", [], ["below"], { tag: "below", limit: -1 }],
  ];
  for (const [what, taken, tags, full] of table) {
    test(`${what}: ${full ? "none is taken" : "one of each is taken"}`, async () => {
      for (const [others, id] of taken) await take(others, id);
      const before = await Promise.all(["a", "b", "shut", "below"].map(slotsOf));
      expect(await take(tags, RUNS[0])).toEqual(full as undefined);
      const after = await Promise.all(["a", "b", "shut", "below"].map(slotsOf));
      const expected = full
        ? before
        : before.map((slots, at) => (tags.includes(["a", "b"][at] ?? "") ? [...slots, RUNS[0]] : slots));
      expect(after).toEqual(expected);
    });
  }

  test("a run that takes twice holds one", async () => {
    await take(["a"], RUNS[0]);
    await take(["a"], RUNS[0]);
    expect(await slotsOf("a")).toEqual([RUNS[0]]);
  });

  test("of many who ask at once exactly as many get one as there are", async () => {
    const answers = await Promise.all(RUNS.map((id) => take(["a"], id)));
    expect(answers.filter((full) => full === undefined)).toHaveLength(2);
    expect(await slotsOf("a")).toHaveLength(2);
  });

  test("giving back frees it for the next; giving back nothing is fine", async () => {
    await take(["a", "b"], RUNS[0]);
    await release(["a", "b", "none"], RUNS[0]);
    await release(["a"], RUNS[1]);
    expect([await slotsOf("a"), await slotsOf("b")]).toEqual([[], []]);
    expect(await take(["b"], RUNS[1])).toBeUndefined();
  });
});

test("task runs: the second waits until the first is done", async () => {
  await make("db", 1);
  const { id: flow_run_id } = await makeFlowRun(app, { state: { type: "RUNNING" } });
  const [one, two] = [
    await makeTaskRun(app, { flow_run_id, tags: ["db"] }),
    await makeTaskRun(app, { flow_run_id, tags: ["db"] }),
  ];
  const set = async (id: string, type: string) =>
    ((await app.send("POST", `/task_runs/${id}/set_state`, { state: { type } })).body as { status: string }).status;
  expect([await set(one.id, "RUNNING"), await set(two.id, "RUNNING")]).toEqual(["ACCEPT", "WAIT"]);
  expect(await slotsOf("db")).toEqual([one.id]);
  expect([await set(one.id, "COMPLETED"), await set(two.id, "RUNNING")]).toEqual(["ACCEPT", "ACCEPT"]);
  expect(await slotsOf("db")).toEqual([two.id]);
});
