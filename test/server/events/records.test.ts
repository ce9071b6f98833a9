// Each change of a record that the API can make is told to those who listen, at once, by the event of its kind.
import { expect, test } from "bun:test";
import { createFeeds } from "#server/events/feed.ts";
import { changedSince, newestChange } from "#server/events/records.ts";
import type { ServerEvent } from "#server/kernel/event-hub.ts";
import type { EventName } from "#wire/events.ts";
import { ENDPOINTS } from "#wire/index.ts";
import { READS } from "#wire/repeat.ts";
import { testApp } from "../../app.ts";
import { CASES } from "../idempotency/cases.ts";
import { plansOf } from "../plans.ts";

/** By the path of a call, the event that tells what it changed. */
const EVENTS: readonly (readonly [path: RegExp, EventName])[] = [
  [/^\/flows\//, "flow"],
  [/^\/(orch\/)?deployments\//, "deployment"],
  [/^\/work_pools\/(\{name\})?$/, "work-pool"],
  [/^\/work_(queues|pools\/\{work_pool_name\}\/queues)\//, "work-queue"],
  [/^\/variables\//, "variable"],
  [/^\/block_documents\//, "block-document"],
  [/^\/flow_run_notification_policies\//, "notification-policy"],
  [/^\/concurrency_limits\//, "concurrency-limit"],
];
/** These make runs, which other events tell of. */
const MAKE_RUNS = ["createDeploymentFlowRun", "scheduleDeployment"];

const CHANGES = ENDPOINTS.filter(({ name, endpoint }) => endpoint.repeat !== READS && !MAKE_RUNS.includes(name));

for (const [path, event] of EVENTS) {
  for (const { name, endpoint } of CHANGES.filter((one) => path.test(one.endpoint.path))) {
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
