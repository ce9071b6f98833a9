import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#lib/ids.ts";
import type { Log } from "#wire/runs/logs.ts";
import { testApp } from "../../app.ts";

const app = testApp({ services: false });
const run = newId();
const task = newId();
const record = (message: string, fields: object = {}) => ({
  name: "prefect.flow_runs",
  level: 20,
  message,
  timestamp: "2026-11-23T12:00:00Z",
  flow_run_id: run,
  ...fields,
});

beforeAll(async () => {
  const first = [record("one"), record("two"), record("three", { level: 40, timestamp: "2026-11-23T12:00:01+00:00" })];
  expect((await app.send("POST", "/logs/", first)) as unknown).toEqual({ status: 201, body: null });
  const second = [
    record("of a task", { task_run_id: task, level: 10, timestamp: "2026-11-23T13:00:02+01:00" }),
    record("of another run", { flow_run_id: newId() }),
  ];
  await app.send("POST", "/logs/", second);
});
afterAll(() => app.close());

async function messages(body: object): Promise<string[]> {
  const logs: Log[] = (await app.send("POST", "/logs/filter", body)).body;
  return logs.map(({ message }) => message);
}

test("a record comes back whole, its time in UTC", async () => {
  const [log] = (await app.send("POST", "/logs/filter", { logs: { task_run_id: { any_: [task] } } })).body as Log[];
  expect(log).toEqual({
    id: expect.any(String),
    created: "2026-11-23T12:00:00.000000+00:00",
    updated: "2026-11-23T12:00:00.000000+00:00",
    name: "prefect.flow_runs",
    level: 10,
    message: "of a task",
    timestamp: "2026-11-23T12:00:02.000000+00:00",
    flow_run_id: run,
    task_run_id: task,
  });
});

describe("records are found", () => {
  const ofRun = { flow_run_id: { any_: [run] } };
  const cases: [title: string, body: object, found: string[]][] = [
    ["of a run, in the order they were written", { logs: ofRun }, ["one", "two", "three", "of a task"]],
    ["newest first", { logs: ofRun, sort: "TIMESTAMP_DESC" }, ["of a task", "three", "two", "one"]],
    ["at a level or above", { logs: { ...ofRun, level: { ge_: 20 } } }, ["one", "two", "three"]],
    ["at a level or below", { logs: { ...ofRun, level: { le_: 10 } } }, ["of a task"]],
    [
      "within a time",
      { logs: { timestamp: { after_: "2026-11-23T12:00:01Z", before_: "2026-11-23T12:00:01Z" } } },
      ["three"],
    ],
    ["by pages", { logs: ofRun, limit: 2, offset: 1 }, ["two", "three"]],
    [
      "of the one or the other",
      { logs: { operator: "or_", level: { ge_: 40 }, task_run_id: { any_: [task] } } },
      ["three", "of a task"],
    ],
    ["without any filter", {}, ["one", "two", "of another run", "three", "of a task"]],
  ];
  for (const [title, body, found] of cases) {
    test(title, async () => expect(await messages(body)).toEqual(found));
  }
});

describe("what is refused", () => {
  const cases: [title: string, body: unknown, loc: unknown[]][] = [
    ["a record without a run", [{ ...record("x"), flow_run_id: undefined }], ["body", 0, "flow_run_id"]],
    ["one bad record among good ones", [record("x"), record("y", { level: "loud" })], ["body", 1, "level"]],
    ["an unknown field", [record("x", { colour: 1 })], ["body", 0, "colour"]],
    ["a record that is no list", record("x"), ["body"]],
  ];
  for (const [title, body, loc] of cases) {
    test(`${title}: nothing of the batch is stored`, async () => {
      const before = await app.count("log");
      const answer = await app.send("POST", "/logs/", body);
      const problem: { exception_detail: { loc: unknown[] }[] } = answer.body;
      expect([answer.status, problem.exception_detail[0]?.loc]).toEqual([422, loc]);
      expect(await app.count("log")).toBe(before);
    });
  }
});

test("an empty batch is fine", async () => {
  expect((await app.send("POST", "/logs/", [])).status).toBe(201);
});
