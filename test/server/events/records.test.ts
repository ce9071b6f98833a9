// Each change of a record that the API can make is told to those who listen, at once, by the event of its kind.
import { expect, test } from "bun:test";
import { createFeeds } from "#server/events/feed.ts";
import { changedSince, newestChange } from "#server/events/records.ts";
import type { ServerEvent } from "#server/kernel/event-hub.ts";
import type { EventName } from "#wire/events.ts";
import { ENDPOINTS } from "#wire/index.ts";
import { readConcurrencyLimitByTag } from "#wire/pools/concurrency-limits.ts";
import { READS } from "#wire/repeat.ts";
import { testApp } from "../../app.ts";
import { makeTaskRun } from "../../factory.ts";
import { CASES } from "../idempotency/cases.ts";
import { plansOf } from "../plans.ts";

/** By the path of a call, the event that tells what it changed. */
const EVENTS: readonly (readonly [path: RegExp, EventName])[] = [
  [/^\/flows\//, "flow"],
  [/^\/(orch\/)?deployments\//, "deployment"],
  [/^\/work_pools\/(\{name\})?$/, "work-pool"],
  [/^\/work_(queues|pools\/\{work_pool_name\}\/queues)(\/|$)/, "work-queue"],
  [/^\/variables\//, "variable"],
  [/^\/block_documents\//, "block-document"],
  [/^\/flow_run_notification_policies\//, "notification-policy"],
  [/^\/concurrency_limits\//, "concurrency-limit"],
];
/** By the name of a call, where the path does not say it. */
const RUN_EVENTS: Readonly<Record<string, EventName>> = {
  createFlowRun: "flow-run-state",
  createDeploymentFlowRun: "flow-run-state",
  setFlowRunState: "flow-run-state",
  resumeFlowRun: "flow-run-state",
  deleteFlowRun: "flow-run",
  createTaskRun: "task-run-state",
  setTaskRunState: "task-run-state",
};
/** Calls whose effect no event tells of, or not in every case, and why. */
const UNTOLD: Readonly<Record<string, readonly string[]>> = {
  "makes runs, which have their own events, when some are due": ["scheduleDeployment"],
  "does to many runs what other calls do to one": ["changeFlowRuns"],
  "pages read what belongs to a run again with its states": [
    ...["updateFlowRun", "updateTaskRun", "deleteTaskRun", "createFlowRunInput", "deleteFlowRunInput"],
    ...["createLogs", "createArtifact", "updateArtifact", "deleteArtifact"],
  ],
  "pages ask for it again every half minute": [
    ...["createBlockType", "updateBlockType", "deleteBlockType", "installSystemBlockTypes"],
    ...["createBlockSchema", "deleteBlockSchema", "saveSearch", "deleteSavedSearch"],
    ...["heartbeatWorker", "sendHeartbeats", "handBackRuns"],
  ],
  "is on no page": [
    ...["createGlobalConcurrencyLimit", "updateGlobalConcurrencyLimit", "deleteGlobalConcurrencyLimit"],
    ...["takeSlots", "releaseSlots", "testNotification"],
  ],
  "is told as reset, or does nothing": ["clearDatabase", "dropDatabase", "createDatabase"],
};

const EXCEPTIONS = Object.values(UNTOLD).flat();
const CHANGES = ENDPOINTS.filter(({ name, endpoint }) => endpoint.repeat !== READS && !EXCEPTIONS.includes(name));
const eventOf = (name: string, path: string): EventName | undefined =>
  RUN_EVENTS[name] ?? EVENTS.find(([pattern]) => pattern.test(path))?.[1];

test("every call that changes something is told by an event, or named among the exceptions", () => {
  const unknown = CHANGES.filter(({ name, endpoint }) => eventOf(name, endpoint.path) === undefined);
  expect(unknown.map(({ name }) => name)).toEqual([]);
  const names = new Set(ENDPOINTS.map(({ name }) => name as string));
  expect([...EXCEPTIONS, ...Object.keys(RUN_EVENTS)].filter((name) => !names.has(name))).toEqual([]);
});

for (const { name, endpoint } of CHANGES) {
  const event = eventOf(name, endpoint.path);
  test(`${name} is told as ${event}`, async () => {
    const app = testApp();
    const { params, body } = (await CASES[name]?.(app)) ?? {};
    const { db, clock, events } = app.app.context;
    const feed = createFeeds({ db, clock }).open({ flowRunId: null, lastEventId: null });
    expect(await feed.next()).toContain("event: ready");
    expect(await feed.next()).toBe("");
    const heard: ServerEvent[] = [];
    events.subscribe((one) => heard.push(one));
    app.clock.advance(1);
    const filled = endpoint.path.replace(/\{(\w+)\}/g, (_, key) => encodeURIComponent(params?.[key] ?? ""));
    expect((await app.send(endpoint.method, filled, body)).status).toBeLessThan(300);
    expect(heard.some((one) => feed.concerns(one))).toBe(true);
    expect(await feed.next()).toContain(`event: ${event}\n`);
    feed.close();
    await app.close();
  });
}

test("what is said of a pool is its pause, as true or false", async () => {
  const app = testApp({ services: false });
  await app.send("POST", "/work_pools/", { name: "p", type: "process" });
  const since = await app.db.read((q) => newestChange(q) ?? "");
  app.clock.advance(1);
  await app.send("PATCH", "/work_pools/p", { is_paused: true, concurrency_limit: 3 });
  const told = await app.db.read((q) => changedSince(q, since, 10));
  expect(told.at(-1)?.event).toMatchObject({
    ...{ name: "work-pool", data: { change: "changed", name: "p", is_paused: true, concurrency_limit: 3 } },
  });
  await app.close();
});

test("that a task run takes or frees a slot is no event of the limit; that the limit is changed or reset is", async () => {
  const app = testApp({ services: false });
  const { db, clock } = app.app.context;
  await app.send("POST", "/concurrency_limits/", { tag: "db", concurrency_limit: 2 });
  const { id } = await makeTaskRun(app, { tags: ["db"] });
  const feed = createFeeds({ db, clock }).open({ flowRunId: null, lastEventId: null });
  while ((await feed.next()) !== "");
  const setState = (type: string) => app.send("POST", `/task_runs/${id}/set_state`, { state: { type } });
  const slots = async () => (await app.call(readConcurrencyLimitByTag, { params: { tag: "db" } })).active_slots;
  const told = async () => [...(await feed.next()).matchAll(/^event: (.*)$/gm)].map(([, name]) => name ?? "");
  for (const [type, taken] of [
    ["RUNNING", [id]],
    ["COMPLETED", []],
  ] as const) {
    app.clock.advance(1_000);
    await setState(type);
    expect(await slots()).toEqual([...taken]);
    expect(await told()).toEqual(["task-run-state"]);
  }
  app.clock.advance(1_000);
  await app.send("POST", "/concurrency_limits/tag/db/reset", { slot_override: [id] });
  expect(await told()).toEqual(["concurrency-limit"]);
  app.clock.advance(1_000);
  await app.send("POST", "/concurrency_limits/", { tag: "db", concurrency_limit: 3 });
  expect(await told()).toEqual(["concurrency-limit"]);
  await app.close();
});

test("kinds that may have many records are read by an index", async () => {
  const app = testApp({ services: false });
  const [newest] = await plansOf(app, newestChange);
  const changes = await plansOf(app, (q) => changedSince(q, "2026", 10));
  for (const kind of ["deployment", "flow", "variable", "block_document"]) {
    expect(newest).toContain(`${kind}_updated`);
    expect(changes.join("\n")).toContain(`${kind}_updated`);
  }
  await app.close();
});
