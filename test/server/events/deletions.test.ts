// What was deleted is noted by the database itself, whatever deleted it, and told once to each listener.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { deletionBefore, deletionsAfter, hasDeletionsAfter, newestDeletion } from "#server/events/deletions.ts";
import { createFeeds } from "#server/events/feed.ts";
import type { LookOptions } from "#server/events/look.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlowRun } from "../../factory.ts";
import { plansOf } from "../plans.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

/** Reads all there is, as the events' names with their data. */
async function open(options: Partial<LookOptions> = {}) {
  const { db, clock } = app.app.context;
  const feed = createFeeds({ db, clock }).open({ flowRunId: null, lastEventId: null, ...options });
  let lastId = "";
  async function heard(): Promise<string[]> {
    let all = "";
    for (let text = await feed.next(); text !== ""; text = await feed.next()) all += text;
    lastId = [...all.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? lastId;
    return [...all.matchAll(/^event: (.*)\ndata: (.*)$/gm)].map(([, name, data]) => `${name} ${data}`);
  }
  return { heard, first: await heard(), lastId: () => lastId };
}

const gone = (kind: string, id: string) => `${kind} {"change":"deleted","id":"${id}"}`;
const deleteAll = (...ids: string[]) => Promise.all(ids.map((id) => app.send("DELETE", `/deployments/${id}`)));

test("what is deleted is told once", async () => {
  const { id } = await makeDeployment(app);
  const listener = await open();
  await deleteAll(id);
  expect(await listener.heard()).toEqual([gone("deployment", id)]);
  expect(await listener.heard()).toEqual([]);
});

test("what goes with another record is told too", async () => {
  const { id, flow_id } = await makeDeployment(app);
  const run = await makeFlowRun(app, { flow_id });
  const listener = await open();
  await app.send("DELETE", `/flows/${flow_id}`);
  const told = await listener.heard();
  expect(told.toSorted()).toEqual([gone("deployment", id), gone("flow-run", run.id), gone("flow", flow_id)].toSorted());
});

test("a listener that comes back is told what was deleted meanwhile", async () => {
  const { id } = await makeDeployment(app);
  const before = await open();
  await deleteAll(id);
  const after = await open({ lastEventId: before.lastId() });
  expect(after.first[0]).toBe('ready {"resumed":true}');
  expect(after.first.filter((event) => event.includes("deleted"))).toEqual([gone("deployment", id)]);
});

test("one that was away for too many deletions, or heard of more than there are, is told to read again", async () => {
  const before = await open();
  const id = before.lastId();
  await app.db.write((tx) => {
    tx.run("insert into deletion (position, kind, id) values (10002, 'flow', 'x')");
  });
  expect((await open({ lastEventId: id })).first).toEqual([expect.stringMatching(/^reset .*Too much/)]);
  const later = id.replace(/\d+$/, "10003");
  expect((await open({ lastEventId: later })).first).toEqual([expect.stringMatching(/^reset /)]);
});

test("the last 10,000 are kept", async () => {
  await app.db.write((tx) => {
    tx.run(
      `insert into deletion (kind, id)
       with recursive n (i) as (select 1 union all select i + 1 from n where i < 10005) select 'flow', i from n`,
    );
  });
  const kept = await app.db.read((q) =>
    q.all<{ n: number; least: number }>("select count(*) as n, min(position) as least from deletion"),
  );
  expect(kept).toEqual([{ n: 10_000, least: 6 }]);
});

test("of a database that was emptied a listener is told to read all again", async () => {
  await makeDeployment(app);
  const listener = await open();
  await app.db.clear();
  expect(await listener.heard()).toContain('reset {"reason":"The database was emptied."}');
  const { id } = await makeDeployment(app);
  await deleteAll(id);
  expect(await listener.heard()).toContain(gone("deployment", id));
});

test("a first connection may begin in the past", async () => {
  const { id } = await makeDeployment(app);
  await deleteAll(id);
  expect((await open({ pastMs: 600_000 })).first).toContain(gone("deployment", id));
  expect(await app.db.read((q) => deletionBefore(q, -60_000))).toBe(await app.db.read(newestDeletion));
});

test("each read follows the numbers", async () => {
  for (const read of [
    (q: Parameters<typeof newestDeletion>[0]) => deletionsAfter(q, 1, 10),
    newestDeletion,
    (q: Parameters<typeof newestDeletion>[0]) => deletionBefore(q, 1),
    (q: Parameters<typeof newestDeletion>[0]) => hasDeletionsAfter(q, 1),
  ]) {
    for (const plan of await plansOf(app, read)) expect(plan).not.toContain("TEMP B-TREE");
  }
});
