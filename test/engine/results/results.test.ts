// Results that are kept, and tasks that are answered from the cache: the engine against the real server.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "#client/client.ts";
import { fetchTransport } from "#client/transport.ts";
import type { FlowDefinition } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import { runFlowHere } from "#engine/direct.ts";
import { createResults } from "#engine/results/results.ts";
import { flow, MissingResult, task, taskInputHash } from "#sdk/index.ts";
import { listFlowRuns } from "#wire/runs/flow-runs.ts";
import { listTaskRuns } from "#wire/runs/task-runs.ts";
import { type TestApp, testApp } from "../../app.ts";
import { SETTINGS } from "../settings.ts";

let app: TestApp;
let lines: string[];
beforeEach(() => {
  app = testApp({ services: true });
  lines = [];
});
afterEach(() => app.close());

const client = () =>
  createClient({ transport: fetchTransport(app.app.fetch), clock: app.clock, timeoutSeconds: 5, retries: 0 });
const settings = (changes: Partial<typeof SETTINGS> = {}) => ({
  ...SETTINGS,
  ORCH_LOCAL_STORAGE_PATH: app.settings.ORCH_LOCAL_STORAGE_PATH,
  ORCH_LOGGING_TO_API_ENABLED: false,
  ...changes,
});
const run = (
  definition: FlowDefinition,
  changes: Partial<typeof SETTINGS> = {},
  ...args: unknown[]
): Promise<RunState> =>
  runFlowHere(
    { client: client(), clock: app.clock, settings: settings(changes), output: (line) => lines.push(line) },
    definition,
    args,
  );
const results = () => createResults({ client: client(), settings: settings() });
const files = () => readdirSync(join(app.settings.ORCH_LOCAL_STORAGE_PATH, "results"));

describe("a value that is kept comes back", () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const VALUES: [what: string, value: unknown, type: string][] = [
    ["text", "héllo", "json"],
    ["a number", 1.5, "json"],
    ["a list", [1, [null, "x"]], "json"],
    ["an object", { a: { b: [true] } }, "json"],
    ["a date", new Date(0), "json"],
    ["a map", new Map([["a", new Set([1])]]), "structured-clone"],
    ["bytes", new Uint8Array([1, 2]), "structured-clone"],
    ["a BigInt", 5n, "structured-clone"],
    ["a circle", circle, "structured-clone"],
    ["an object with something undefined", { a: undefined }, "structured-clone"],
  ];
  for (const [what, value, type] of VALUES) {
    test(`${what}, as ${type}`, async () => {
      const data = await results().keep(value);
      expect(data).toMatchObject({ type: "reference", serializer_type: type });
      expect(await results().restore(data)).toEqual({ value });
    });
  }
  for (const value of [true, false, null]) {
    test(`${value}, with the state itself`, async () => {
      const artifact_description = `Result with value \`${value}\` persisted to Prefect.`;
      const literal = { type: "literal", value, artifact_type: "result", artifact_description };
      expect(await results().keep(value)).toEqual(literal);
      expect(await results().restore({ type: "literal", value })).toEqual({ value });
    });
  }
  test("nothing at all, with the state itself", async () => {
    const data = await results().keep(undefined);
    expect(data).not.toHaveProperty("value");
    expect(await results().restore(data)).toEqual({ value: undefined });
  });

  test("all of a machine in one block, in a file each", async () => {
    await Promise.all([results().keep(1), results().keep(2), results().keep(3)]);
    expect(await app.count("block_document")).toBe(1);
    expect(files()).toHaveLength(3);
  });
  test("written as Prefect writes it", async () => {
    const { storage_key } = await results().keep({ a: 1 });
    const file = join(app.settings.ORCH_LOCAL_STORAGE_PATH, "results", String(storage_key));
    expect(await Bun.file(file).json()).toEqual({
      serializer: { type: "json" },
      data: '{"a":1}',
      prefect_version: "2.10.4",
    });
  });

  test("a file that was damaged is said to be", async () => {
    const data = await results().keep({ a: 1 });
    writeFileSync(join(app.settings.ORCH_LOCAL_STORAGE_PATH, "results", String(data["storage_key"])), '{"data":');
    const sentence = `The result '${data["storage_key"]}' is damaged: its file holds none.`;
    await expect(results().restore(data)).rejects.toThrow(sentence);
  });

  test("but not a function: it is said why", async () => {
    await expect(results().keep(() => {})).rejects.toThrow(/^A result of type 'function' cannot be kept: /);
  });
  test("what is unknown leads nowhere; a file that is gone is said", async () => {
    for (const data of [undefined, null, "x", { type: "unpersisted" }])
      expect(await results().restore(data)).toBeUndefined();
    const data = await results().keep("x");
    rmSync(join(app.settings.ORCH_LOCAL_STORAGE_PATH, "results"), { recursive: true });
    expect(results().restore(data)).rejects.toThrow("There is no file");
  });
});

describe("a task with a key", () => {
  let calls = 0;
  beforeEach(() => {
    calls = 0;
  });
  const square = task(
    async function square(x: number) {
      calls += 1;
      return { squared: x * x };
    },
    { cacheKeyFn: taskInputHash },
  );
  const caller = flow(async function caller(x: number) {
    return square(x);
  });
  const state = async () => (await client().call(listTaskRuns, { body: {} })).map((each) => each.state_name).toSorted();

  test("runs once for the same arguments, in later flow runs too, and the state is Cached", async () => {
    for (const x of [3, 3, 4]) expect((await run(caller, {}, x)).result()).toEqual({ squared: x * x });
    expect(calls).toBe(2);
    expect(await state()).toEqual(["Cached", "Completed", "Completed"]);
    expect(lines.join("\n")).toContain("Finished in state Cached(type=COMPLETED)");
  });
  test("runs again when the entry has expired", async () => {
    const short = flow(async () => square.withOptions({ cacheExpiration: 60 })(3), { name: "short" });
    await run(short);
    app.clock.advance(59);
    await run(short);
    expect(calls).toBe(1);
    app.clock.advance(2);
    await run(short);
    expect(calls).toBe(2);
  });
  test("runs again when it is told to refresh, by its option or by the setting", async () => {
    const fresh = flow(async () => square.withOptions({ refreshCache: true })(3), { name: "fresh" });
    await run(fresh);
    await run(fresh);
    expect(calls).toBe(2);
    await run(caller, { ORCH_TASKS_REFRESH_CACHE: true }, 3);
    expect(calls).toBe(3);
    await run(caller, {}, 3);
    expect(calls).toBe(3);
  });
  test("computes it from what it is told; null is not cached", async () => {
    const seen: unknown[] = [];
    const told = task(async (name: string, n = 1) => `${name}${n}`, {
      name: "told",
      cacheKeyFn: (context, parameters) => {
        seen.push([context.task.options.name, parameters]);
        return parameters["name"] === "never" ? null : "one key for all";
      },
    });
    const asks = flow(async () => [await told("a"), await told("b"), await told("never", 2)], { name: "asks" });
    expect((await run(asks)).result()).toEqual(["a1", "a1", "never2"]);
    expect(seen).toEqual([
      ["told", { name: "a" }],
      ["told", { name: "b" }],
      ["told", { name: "never", n: 2 }],
    ]);
  });
  test("whose key function throws fails with that", async () => {
    const broken = task(async () => 1, {
      name: "broken",
      cacheKeyFn: () => {
        throw new Error("no key");
      },
    });
    const failed = await run(
      flow(
        async () => {
          await broken();
        },
        { name: "asks" },
      ),
    );
    expect(failed.isFailed()).toBe(true);
    expect(failed.error()).toMatchObject({ message: "no key" });
  });
  test("T31: whose result cannot be kept runs again, with a warning each time", async () => {
    const made = task(
      async () => {
        calls += 1;
        return () => calls;
      },
      { name: "made", cacheKeyFn: () => "k" },
    );
    const asks = flow(async () => (await made())(), { name: "asks" });
    for (const time of [1, 2]) {
      const state = await run(asks);
      expect(state.result()).toBe(time);
      expect(lines.filter((line) => line.includes("WARNING"))).toHaveLength(time);
    }
    const strict = await run(
      flow(async () => [await made.withOptions({ persistResult: "strict" })()], { name: "strict" }),
    );
    expect(String(strict.error())).toContain("A result of type 'function' cannot be kept");
  });
  test("whose kept result was deleted says so", async () => {
    await run(caller, {}, 3);
    rmSync(join(app.settings.ORCH_LOCAL_STORAGE_PATH, "results"), { recursive: true });
    const missing = await run(caller, {}, 3);
    expect(missing.error()).toBeInstanceOf(MissingResult);
  });
});

test("the same arguments have the same hash, whatever the order of their names; others, another", () => {
  const one = task(async (a: unknown) => a, { name: "one" });
  const two = task(async (a: unknown) => a, { name: "two" });
  const hash = (definition: typeof one, parameters: Record<string, unknown>) =>
    taskInputHash({ task: definition, taskRunId: "t", flowRunId: null }, parameters);
  expect(hash(one, { a: { x: 1, y: [2] } })).toBe(hash(one, { a: { y: [2], x: 1 } }) ?? "");
  const others = [hash(one, { a: 1 }), hash(one, { a: "1" }), hash(two, { a: 1 }), hash(one, { a: new Map([[1, 2]]) })];
  expect(new Set(others).size).toBe(4);
  expect(hash(one, { a: 5n })).not.toBeNull();
  expect(hash(one, { a: () => 5 })).toBeNull();
});

describe("persistResult", () => {
  const six = flow(async () => [6], { name: "six" });

  test("of a flow puts its result on disk, by option or by setting", async () => {
    await run(six);
    expect(await app.count("block_document")).toBe(0);
    await run(six.withOptions({ persistResult: true }));
    expect(files()).toHaveLength(1);
    await run(six, { ORCH_RESULTS_PERSIST_BY_DEFAULT: true });
    expect(files()).toHaveLength(2);
    await run(six.withOptions({ persistResult: false }), { ORCH_RESULTS_PERSIST_BY_DEFAULT: true });
    expect(files()).toHaveLength(2);
  });
  test("T31: that cannot be is a warning, unless the author is strict", async () => {
    const bad = flow(async () => ({ save() {} }), { name: "bad" });
    const warnings = () => lines.filter((line) => line.includes("WARNING"));
    expect((await run(bad.withOptions({ persistResult: true }))).isCompleted()).toBe(true);
    expect((await run(bad, { ORCH_RESULTS_PERSIST_BY_DEFAULT: true })).isCompleted()).toBe(true);
    expect(warnings()).toHaveLength(2);
    expect(warnings()[0]).toEndWith(
      "A result of type 'Object' cannot be kept: 'save' is a function, which would not come back as it was. It is lost when the process ends.",
    );
    const strict = await run(bad.withOptions({ persistResult: "strict" }));
    expect(strict.isFailed()).toBe(true);
    expect(strict.message).toContain("'save' is a function");
    expect(warnings()).toHaveLength(2);
  });
  test("T31: where the disk cannot be written is a warning", async () => {
    const file = join(app.settings.ORCH_HOME, "no-folder");
    writeFileSync(file, "");
    const state = await run(six.withOptions({ persistResult: true }), { ORCH_LOCAL_STORAGE_PATH: file });
    expect(state.isCompleted()).toBe(true);
    expect(lines.find((line) => line.includes("WARNING"))).toContain("It is lost when the process ends.");
  });
  test("T31: an instance of a class comes back as plain data", async () => {
    class Special {
      x = 1;
    }
    const state = await run(flow(async () => new Special(), { name: "special", persistResult: "strict" }));
    expect(state.isCompleted()).toBe(true);
    expect(await results().restore((await client().call(listFlowRuns, { body: {} }))[0]?.state?.data)).toEqual({
      value: { x: 1 },
    });
  });
  test("tasks and subflows of a flow with retries keep theirs", async () => {
    const step = task(async () => "step", { name: "step" });
    const child = flow(async () => "child", { name: "child" });
    await run(flow(async () => [await step(), await child()], { name: "again", retries: 1 }));
    expect(files()).toHaveLength(2);
  });
});

test("a result that is lost because it cannot be kept is a warning, and what a run became by its tasks is none", async () => {
  const special = task(async () => () => 1, { name: "special" });
  await run(flow(async () => [special.submit()], { name: "a", retries: 1, persistResult: true }));
  const warnings = lines.filter((line) => line.includes("WARNING"));
  expect(warnings).toEqual([
    expect.stringMatching(
      /Task run 'special-0' - A result of type 'function' cannot be kept: .* It is lost when the process ends\.$/,
    ),
  ]);
});
