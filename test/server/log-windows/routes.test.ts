// The log of a run as a page shows it: windows at positions, a search through all of it, and the file.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { CallInput } from "#wire/endpoint.ts";
import { setFlowRunState } from "#wire/runs/flow-runs.ts";
import * as wire from "#wire/runs/log-windows.ts";
import { createLogs } from "#wire/runs/logs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeFlowRun, makeTaskRun } from "../../factory.ts";

let app: TestApp;
let run: string;
let task: string;

beforeEach(async () => {
  app = testApp();
  run = (await makeFlowRun(app, { state: { type: "RUNNING" } })).id;
  task = (await makeTaskRun(app, { flow_run_id: run, name: "load-0" })).id;
});
afterEach(() => app.close());

const set = (state: StateInput) => app.call(setFlowRunState, { params: { id: run }, body: { state, force: true } });
const window = (body: Partial<CallInput<typeof wire.readLogWindow>["body"]> = {}) =>
  app.call(wire.readLogWindow, { body: { flow_run_id: run, ...body } });
const search = (body: Partial<CallInput<typeof wire.searchLogs>["body"]>) =>
  app.call(wire.searchLogs, { body: { flow_run_id: run, find: {}, ...body } });

/** Lines a second apart: `line 0`, …; every tenth is an error of the task. */
async function writeLines(count: number, from = 0): Promise<void> {
  const begin = app.clock.now() + 1;
  const body = Array.from({ length: count }, (_, index) => {
    const isError = (from + index) % 10 === 5;
    return {
      ...{ level: isError ? 40 : 20, message: `${isError ? "Refused" : "line"} ${from + index}`, flow_run_id: run },
      ...{ name: isError ? "prefect.task_runs" : "prefect.flow_runs", task_run_id: isError ? task : null },
      timestamp: toTimestamp(begin + index),
    };
  });
  await app.call(createLogs, { body });
  app.clock.advance(count);
}

const messages = ({ lines }: { lines: readonly wire.LogLine[] }) => lines.map(({ message }) => message);

test("a window has the lines at its position, and how many there are", async () => {
  await writeLines(30);
  const middle = await window({ offset: 12, limit: 3 });
  expect([middle.count, middle.offset, messages(middle)]).toEqual([30, 12, ["line 12", "line 13", "line 14"]]);
  const end = await window({ from_end: true, limit: 2 });
  expect([end.offset, messages(end)]).toEqual([28, ["line 28", "line 29"]]);
  const before = await window({ from_end: true, offset: 2, limit: 2 });
  expect([before.offset, messages(before)]).toEqual([26, ["line 26", "line 27"]]);
  const start = await window({ from_end: true, offset: 29, limit: 10 });
  expect([start.offset, messages(start)]).toEqual([0, ["line 0"]]);
  expect(messages(await window({ offset: 30 }))).toEqual([]);
});

test("a window of some lines counts those alone: by level, text, logger and task run", async () => {
  await writeLines(30);
  const errors = await window({ level: 40, offset: 1 });
  expect([errors.count, messages(errors)]).toEqual([3, ["Refused 15", "Refused 25"]]);
  expect((await window({ text: "LINE 1" })).count).toBe(10);
  expect((await window({ text: "100%" })).count).toBe(0);
  expect((await window({ loggers: ["prefect.task_runs"] })).count).toBe(3);
  expect((await window({ loggers: [] })).count).toBe(0);
  expect((await window({ task_run_id: task })).count).toBe(3);
  const ofTask = await app.call(wire.readLogWindow, { body: { task_run_id: task, limit: 1, from_end: true } });
  expect([ofTask.count, messages(ofTask)]).toEqual([3, ["Refused 25"]]);
});

test("issue 13.19: a window says where each try of the run begins; a pause begins none", async () => {
  await writeLines(4);
  await set({ type: "PAUSED" });
  await set({ type: "RUNNING" });
  await writeLines(4, 4);
  await set({ type: "SCHEDULED", name: "AwaitingRetry" });
  await set({ type: "RUNNING" });
  await writeLines(3, 8);
  const { attempts } = await window();
  expect(attempts.map(({ number, position }) => [number, position])).toEqual([
    [1, 0],
    [2, 8],
  ]);
  const errors = await window({ level: 40 });
  expect(errors.attempts.map(({ position }) => position)).toEqual([0, 1]);
});

test("issue 13.14 and 17: a search goes through the whole log, with lines around each hit", async () => {
  await writeLines(40);
  const found = await search({ find: { text: "refused" }, limit: 2, context: 1 });
  expect([found.count, found.found, found.positions]).toEqual([40, 4, [5, 15, 25, 35]]);
  expect(found.hits.map(({ position, line }) => [position, line.message])).toEqual([
    [5, "Refused 5"],
    [15, "Refused 15"],
  ]);
  const [first] = found.hits;
  expect([messages({ lines: first?.before ?? [] }), messages({ lines: first?.after ?? [] })]).toEqual([
    ["line 4"],
    ["line 6"],
  ]);
});

test("issue 13.15: the next error, and the one before", async () => {
  await writeLines(40);
  const at = async (body: object) =>
    (await search({ find: { level: 40 }, limit: 1, ...body })).hits.map(({ position }) => position);
  expect(await at({ from: 6 })).toEqual([15]);
  expect(await at({ from: 15 })).toEqual([15]);
  expect(await at({ from: 36 })).toEqual([]);
  expect(await at({ from: 14, direction: "previous" })).toEqual([5]);
  expect(await at({ from: 4, direction: "previous" })).toEqual([]);
  expect(await at({ direction: "previous" })).toEqual([35]);
  expect(
    (await search({ find: { level: 40 }, direction: "previous", limit: 2 })).hits.map(({ position }) => position),
  ).toEqual([35, 25]);
});

test("a search of some lines gives positions among those, and context of those", async () => {
  await writeLines(40);
  const { count, positions, hits } = await search({ level: 40, find: { text: "25" }, context: 1 });
  expect([count, positions]).toEqual([4, [2]]);
  expect(messages({ lines: hits[0]?.before ?? [] })).toEqual(["Refused 15"]);
});

test("a line beyond measure is cut in a window, and says so", async () => {
  const message = "x".repeat(wire.MOST_MESSAGE_LETTERS + 7);
  await app.call(createLogs, {
    body: [{ level: 20, name: "a", message, flow_run_id: run, timestamp: toTimestamp(app.clock.now()) }],
  });
  const [line] = (await window()).lines;
  expect([line?.message.length, line?.letters_left_out]).toEqual([wire.MOST_MESSAGE_LETTERS, 7]);
});

test("issue 13.18: the summary has levels, loggers and task runs with their numbers of lines", async () => {
  await writeLines(20);
  const summary = await app.call(wire.readLogSummary, { body: { flow_run_id: run } });
  expect(summary).toEqual({
    count: 20,
    levels: [
      { level: 20, count: 18 },
      { level: 40, count: 2 },
    ],
    loggers: [
      { name: "prefect.flow_runs", count: 18 },
      { name: "prefect.task_runs", count: 2 },
    ],
    task_runs: [{ id: task, name: "load-0", count: 2 }],
  });
});

async function download(query: string): Promise<Response> {
  return app.app.fetch(new Request(`http://test/api/orch/logs/download?${query}`));
}

test("issue 13.16: the file has all lines, or those that were chosen", async () => {
  await writeLines(4_500);
  const answer = await download(`flow_run_id=${run}`);
  expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(answer.headers.get("content-disposition")).toBe(`attachment; filename="${run}.log"`);
  const lines = (await answer.text()).split("\n");
  expect(lines).toHaveLength(4_501);
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \| INFO {5}\| prefect\.flow_runs \| line 0$/);
  expect(lines[4_499]).toEndWith("| line 4499");
  const errors = await (
    await download(`flow_run_id=${run}&level=40&text=refused%2025&logger=prefect.task_runs`)
  ).text();
  expect(
    errors
      .trim()
      .split("\n")
      .map((line) => line.split(" | ").at(-1)),
  ).toEqual([
    ...[
      "Refused 25",
      ...Array.from({ length: 10 }, (_, index) => `Refused 25${index}`).filter((line) => line.endsWith("5")),
    ],
    ...Array.from({ length: 10 }, (_, index) => `Refused 25${index}5`),
  ]);
  expect(await (await download(`task_run_id=${task}&text=nothing`)).text()).toBe("");
});

test("without a run, or with too much asked, one sentence refuses", async () => {
  const asked = async (path: string, body: object) =>
    (await app.send("POST", `/orch/logs/${path}`, body)) as { status: number; body: unknown };
  expect(await asked("window", {})).toEqual({
    status: 422,
    body: { detail: "Whose log? Name a run with 'flow_run_id' or 'task_run_id'." } as never,
  });
  expect((await asked("search", { flow_run_id: run })).status).toBe(422);
  expect((await asked("window", { flow_run_id: run, limit: 1_001 })).status).toBe(422);
  expect((await asked("search", { flow_run_id: run, find: { text: "x".repeat(1_001) } })).status).toBe(422);
  expect((await download("level=40")).status).toBe(422);
});
