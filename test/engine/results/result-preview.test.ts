// What people are shown of a flow's return value, and that it reaches the artifact of the result as Prefect makes it.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createClient } from "#client/client.ts";
import { fetchTransport } from "#client/transport.ts";
import { RunState } from "#domain/run-state.ts";
import { runFlowHere } from "#engine/direct.ts";
import { previewResult } from "#engine/results/result-preview.ts";
import { flow, task } from "#sdk/index.ts";
import { listArtifacts } from "#wire/artifacts.ts";
import { type TestApp, testApp } from "../../app.ts";
import { SETTINGS } from "../settings.ts";

const broken = () => {
  throw new Error("trap");
};
const state = new RunState({ type: "COMPLETED" });

const SHOWN: [value: unknown, shown: object | undefined][] = [
  [{ sum: 42, of: [1, "two", null] }, { result: '{"sum":42,"of":[1,"two",null]}' }],
  ["hi", { result: '"hi"' }],
  [0, { result: "0" }],
  [null, { result: "null" }],
  [false, { result: "false" }],
  [[], { result: "[]" }],
  [Object.assign(Object.create(null), { a: 1 }), { result: '{"a":1}' }],
  [undefined, undefined],
  [state, undefined],
  [[state, state], undefined],
  ["x".repeat(600), { shortened_result: `"${"x".repeat(449)}… (… characters)` }],
  [Array.from({ length: 2_000 }, () => 1), { shortened_result: "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, … 1990 more]" }],
  [{ user: "ada", apiKey: "k-1" }, { shortened_result: '{ user: "ada", apiKey: ******** }' }],
  [{ at: new Date(0) }, { shortened_result: "{ at: 1970-01-01T00:00:00.000Z }" }],
  [{ n: Number.NaN }, { shortened_result: "{ n: NaN }" }],
  [[undefined], { shortened_result: "[undefined]" }],
  [new Map([[1, 2]]), { shortened_result: "[Map]" }],
  [5n, { shortened_result: "5n" }],
  [() => 1, { shortened_result: "[Function (anonymous)]" }],
  [new Proxy({}, { get: broken, ownKeys: broken, getPrototypeOf: broken }), undefined],
];
describe("T32: of a value is shown", () => {
  for (const [index, [value, shown]] of SHOWN.entries()) {
    test(`${index}: ${JSON.stringify(shown)?.slice(0, 60)}`, () => {
      const text = JSON.stringify(previewResult(value))?.replace(/… \(\d{3} characters\)/, "… (… characters)");
      expect(text && JSON.parse(text)).toEqual(shown);
    });
  }

  test("a huge value quickly", () => {
    const rows = Array.from({ length: 200_000 }, (_, id) => ({ id, name: `row ${id}` }));
    expect(JSON.stringify(previewResult({ rows })).length).toBeLessThan(600);
  });
});

describe("T32: the artifact of a result", () => {
  let app: TestApp;
  beforeEach(() => {
    app = testApp({ services: true });
  });
  afterEach(() => app.close());

  async function artifactsOf(definition: Parameters<typeof runFlowHere>[1]) {
    const client = createClient({ transport: fetchTransport(app.app.fetch), clock: app.clock, retries: 0 });
    const settings = { ...SETTINGS, ORCH_LOCAL_STORAGE_PATH: app.settings.ORCH_LOCAL_STORAGE_PATH };
    await runFlowHere({ client, clock: app.clock, settings, output: () => {} }, definition, []);
    const found = await client.call(listArtifacts, { body: { sort: "ID_DESC" } });
    return found.map(({ type, key, description, data, metadata_ }) => ({ type, key, description, data, metadata_ }));
  }

  test("that is not kept is Prefect's, with what is shown", async () => {
    expect(await artifactsOf(flow(async () => ({ sum: 42 }), { name: "sums" }))).toEqual([
      {
        ...{ type: "result", key: null, description: "Unpersisted result of type `Object`" },
        ...{ data: { type: "unpersisted" }, metadata_: { result: '{"sum":42}' } },
      },
    ]);
  });

  test("that is kept too; one whose author keeps no results, and one of a task, show nothing", async () => {
    const [kept] = await artifactsOf(flow(async () => [1], { name: "kept", persistResult: true }));
    expect(kept).toMatchObject({ data: { type: "reference" }, metadata_: { result: "[1]" } });
    const [secret] = await artifactsOf(flow(async () => [2], { name: "secret", persistResult: false }));
    expect(secret).toMatchObject({ data: { type: "unpersisted" }, metadata_: null });
    const step = task(async () => [3], { name: "step" });
    const both = await artifactsOf(flow(async () => (await step()).concat(4), { name: "both" }));
    expect(both.slice(0, 2).map(({ metadata_ }) => metadata_)).toEqual([{ result: "[3,4]" }, null]);
  });

  test("of a flow that returns nothing, or fails, shows nothing", async () => {
    const all = await artifactsOf(flow(async () => {}, { name: "nothing" }));
    await artifactsOf(flow(async () => broken(), { name: "fails" }));
    expect(all.map(({ metadata_ }) => metadata_)).toEqual([null]);
  });
});
