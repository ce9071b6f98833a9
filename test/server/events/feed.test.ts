// Listeners share what is read: the number of looks does not grow with theirs.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { newId } from "#lib/ids.ts";
import { MOST_EVENT_LETTERS } from "#lib/limits.ts";
import { nextTurn } from "#lib/yield.ts";
import { createFeeds, type Feed, type Feeds } from "#server/events/feed.ts";
import { idBefore } from "#server/events/position.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeFlowRun } from "../../factory.ts";

let app: TestApp;
let reads: number;
let feeds: Feeds;

beforeEach(() => {
  app = testApp();
  reads = 0;
  const { db, clock } = app.app.context;
  const read: typeof db.read = (work) => {
    reads += 1;
    return db.read(work);
  };
  feeds = createFeeds({ db: { ...db, read }, clock });
});
afterEach(() => app.close());

/** A listener that has been greeted and has caught up. */
async function listener(flowRunId: string | null = null): Promise<Feed> {
  const feed = feeds.open({ flowRunId, lastEventId: null });
  expect(await feed.next()).toContain("event: ready");
  expect(await feed.next()).toBe("");
  return feed;
}

const ofState = (id: string) => expect.stringMatching(new RegExp(`^id: .*\nevent: flow-run-state\n.*"${id}"`));

test("R12: a hundred listeners read an event once", async () => {
  const hundred: Feed[] = [];
  for (let count = 0; count < 100; count += 1) hundred.push(await listener());
  app.clock.advance(1);
  const run = await makeFlowRun(app);
  reads = 0;
  const texts = await Promise.all(hundred.map((feed) => feed.next()));
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toEqual(ofState(run.id));
  expect(await hundred[0]?.next()).toBe("");
  expect(reads).toBe(2);
});

test("R12: a listener comes in between without a gap or a repeat", async () => {
  const first = await listener();
  const [one] = [await makeFlowRun(app)];
  const second = feeds.open({ flowRunId: null, lastEventId: null });
  expect(await second.next()).toContain("event: ready");
  const two = await makeFlowRun(app);
  const heard = (await second.next()) + (await second.next());
  expect([heard.includes(one.id), heard.split(two.id).length]).toEqual([false, 2]);
  const all = await first.next();
  expect([all.includes(one.id), all.includes(two.id)]).toEqual([true, true]);
});

test("R12: what another process had begun when a listener came is told once it is committed", async () => {
  const first = await makeFlowRun(app);
  app.clock.advance(1);
  const early = newId();
  // As a process does that held the database for long: the id was made before the listeners came.
  while (newId() < idBefore(early, -20)) await nextTurn();
  const listeners = [await listener(), await listener()];
  await app.db.write((tx) =>
    tx.run(
      `insert into flow_run_state (id, flow_run_id, type, name, timestamp, message, state_details)
       select ?, flow_run_id, type, name, '2099-01-01T00:00:00.000000+00:00', 'late', state_details from flow_run_state where flow_run_id = ?`,
      ...[early, first.id],
    ),
  );
  for (const feed of listeners) expect(await feed.next()).toContain('"late"');
});

test("R2: lines are told in the order of arrival, whenever they were written", async () => {
  const run = await makeFlowRun(app);
  const written = newId();
  const feed = await listener(run.id);
  while (newId() < idBefore(written, -20)) await nextTurn();
  await app.send("POST", `/flow_runs/${run.id}/set_state`, { state: { type: "RUNNING" } });
  expect(await feed.next()).toContain("RUNNING");
  const line = { name: "n", level: 20, timestamp: "2026-11-23T12:00:00+00:00", flow_run_id: run.id, task_run_id: null };
  await app.send("POST", "/logs/", [
    { ...line, id: newId(), message: "second" },
    { ...line, id: written, message: "third" },
  ]);
  expect((await feed.next()).match(/"message":"\w+"/g)).toEqual(['"message":"second"', '"message":"third"']);
  expect(await feed.next()).toBe("");
});

test("R12: one that does not read is sent away, and the texts kept for it do not grow", async () => {
  const [slow, quick] = [await listener(), await listener()];
  const message = "x".repeat(MOST_EVENT_LETTERS / 4);
  for (let count = 0; count < 6; count += 1) {
    app.clock.advance(1);
    await makeFlowRun(app, { state: { type: "PENDING", message } });
    expect((await quick.next()).length).toBeGreaterThan(message.length);
  }
  await slow.next().then(
    () => expect.unreachable(),
    (error) => expect(error.message).toBe("The events are not read."),
  );
});

test("R12: a listener to one run is not woken by others", async () => {
  const id = "0192aaaa-0000-7000-8000-000000000000";
  const feed = feeds.open({ flowRunId: id, lastEventId: null });
  expect(feed.concerns({ type: "task-run-state", flow_run_id: id })).toBe(true);
  expect(feed.concerns({ type: "task-run-state", flow_run_id: "another" })).toBe(false);
  expect(feed.concerns({ type: "logs-stored", flow_run_ids: new Set([id]) })).toBe(true);
  expect(feed.concerns({ type: "logs-stored", flow_run_ids: new Set() })).toBe(false);
  expect(feed.concerns({ type: "runs-due-changed" })).toBe(false);
  expect(feed.concerns({ type: "foreign-write" })).toBe(true);
});
