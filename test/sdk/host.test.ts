// Flows called outside of any run: their host runs them, and without one they do nothing but say so.
import { expect, spyOn, test } from "bun:test";
import { flowFor } from "#sdk/flow.ts";
import { engineHost } from "#sdk/host.ts";
import { flow, task } from "#sdk/index.ts";
import { FakeApi } from "../engine/fake-api.ts";
import { SETTINGS } from "../engine/here.ts";
import { lapseClock } from "../engine/lapse-clock.ts";

test("without a host the call does nothing, and says how to run it by hand", async () => {
  const warn = spyOn(console, "warn").mockImplementation(() => {});
  let called = false;
  const alone = flow(async function sayHi() {
    called = true;
  });
  expect(await alone()).toBeUndefined();
  expect([called, warn.mock.calls]).toEqual([
    false,
    [[expect.stringContaining("Flow 'say-hi' is not run while its file is being loaded.")]],
  ]);
  warn.mockRestore();
});

test("with a host it runs here and now, tracked by the API, tasks and subflows too", async () => {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  const host = engineHost({ client: api.client, clock, settings: SETTINGS, output: () => {} });
  const hosted = flowFor(host);
  const add = task(async (x: number, y: number) => x + y, { name: "add" });
  const inner = hosted(async function inner(x: number) {
    return add(x, 1);
  });
  const outer = hosted(async function outer(x: number) {
    return (await inner(x)) * 2;
  });
  expect(await outer(4)).toBe(10);
  expect(api.flowRuns.map((run) => [run["flow_id"], run.state?.type])).toEqual([
    ["flow-outer", "COMPLETED"],
    ["flow-inner", "COMPLETED"],
  ]);
  expect(api.flowRuns[0]?.["parameters"]).toEqual({ x: 4 });
});

test("a failed flow throws its error at the caller", async () => {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  const host = engineHost({ client: api.client, clock, settings: SETTINGS, output: () => {} });
  const boom = new Error("boom");
  await expect(flowFor(host)(() => Promise.reject(boom), { name: "a" })()).rejects.toBe(boom);
  expect(api.flowRuns[0]?.state?.type).toBe("FAILED");
});
