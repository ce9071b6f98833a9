// Flows called outside of any run: their host runs them, and without one they do nothing but say so.
import { expect, spyOn, test } from "bun:test";
import { OrchError } from "#lib/errors.ts";
import { flowFor } from "#sdk/flow.ts";
import { engineHost } from "#sdk/host.ts";
import { flow, task } from "#sdk/index.ts";
import { FakeApi } from "../engine/fake-api.ts";
import { lapseClock } from "../engine/lapse-clock.ts";
import { SETTINGS } from "../engine/settings.ts";

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

test("returnState gives the state instead, also of a failed flow", async () => {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  const host = engineHost({ client: api.client, clock, settings: SETTINGS, output: () => {} });
  const boom = new Error("boom");
  const state = await flowFor(host)(() => Promise.reject(boom), { name: "a" }).returnState();
  expect([state.type, state.error()]).toEqual(["FAILED", boom]);
});

test("a failed flow throws its error at the caller", async () => {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  const host = engineHost({ client: api.client, clock, settings: SETTINGS, output: () => {} });
  const boom = new Error("boom");
  await expect(flowFor(host)(() => Promise.reject(boom), { name: "a" })()).rejects.toBe(boom);
  expect(api.flowRuns[0]?.state?.type).toBe("FAILED");
});

test("flows called side by side are runs of their own, and the process is left as it was", async () => {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  const exit = process.exit;
  const listeners = process.listenerCount("SIGTERM");
  const host = engineHost({ client: api.client, clock, settings: SETTINGS, output: () => {} });
  const late = Promise.withResolvers<number>();
  const slow = flowFor(host)(() => late.promise, { name: "slow" });
  const quick = flowFor(host)(async () => 1, { name: "quick" });
  const both = [slow(), quick()];
  expect(await both[1]).toBe(1);
  expect(process.exit).not.toBe(exit);
  late.resolve(2);
  expect(await Promise.all(both)).toEqual([2, 1]);
  expect([process.exit, process.listenerCount("SIGTERM")]).toEqual([exit, listeners]);
  expect(await quick()).toBe(1);
  expect(api.flowRuns.map((run) => run.state?.type)).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);
});

test("what crashes one of them rejects all that are under way", async () => {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  api.before = (call) => {
    if (call === "POST /flow_runs/{id}/set_state") throw new OrchError("invalid", "no more");
  };
  const host = engineHost({ client: api.client, clock, settings: SETTINGS, output: () => {} });
  const quick = flowFor(host)(async () => 1, { name: "quick" });
  const ends = await Promise.allSettled([quick(), quick()]);
  expect(ends.map((end) => end.status === "rejected" && String(end.reason))).toEqual([
    expect.stringContaining("no more"),
    expect.stringContaining("no more"),
  ]);
});
