// What happened to runs since a moment is found by index, however much was stored before.
import { expect, test } from "bun:test";
import { newId } from "#lib/ids.ts";
import { isFarBehind, logsAfter, newestLog, newestState, statesAfter } from "#server/events/store.ts";
import { testApp } from "../../app.ts";
import { makeFlowRun } from "../../factory.ts";
import { plansOf } from "../plans.ts";

test("each read follows the ids, and sorts nothing", async () => {
  const app = testApp({ services: false });
  const plans = await plansOf(app, (q) => {
    statesAfter(q, newId(), null, 10);
    statesAfter(q, newId(), newId(), 10);
    newestState(q);
    isFarBehind(q, newId(), 10);
  });
  for (const plan of plans) {
    expect(plan).toMatch(/sqlite_autoindex_(flow_run_state|task_run_state)_1/);
    expect(plan).not.toMatch(/SCAN (?!CONSTANT)|TEMP B-TREE/);
  }
  for (const plan of await plansOf(app, (q) => [logsAfter(q, 1, newId(), 10), newestLog(q)])) {
    expect(plan).toMatch(/SEARCH log( USING INTEGER PRIMARY KEY|$)/);
    expect(plan).not.toContain("TEMP B-TREE");
  }
  await app.close();
});

test("rows of several kinds come in the order of their ids, and no more than asked for", async () => {
  const app = testApp({ services: false });
  const before = newId();
  const { id } = await makeFlowRun(app, { state: { type: "RUNNING" } });
  await app.send("POST", "/task_runs/", {
    flow_run_id: id,
    task_key: "t",
    dynamic_key: "0",
    state: { type: "PENDING" },
  });
  await app.send("POST", `/flow_runs/${id}/set_state`, { state: { type: "COMPLETED" } });
  const rows = await app.db.read((q) => statesAfter(q, before, null, 10));
  expect(rows.map(({ name }) => name)).toEqual(["flow-run-state", "task-run-state", "flow-run-state"]);
  expect(await app.db.read((q) => statesAfter(q, before, null, 2))).toEqual(rows.slice(0, 2));
  expect(await app.db.read((q) => statesAfter(q, before, newId(), 10))).toEqual([]);
  expect(await app.db.read(newestState)).toBe(rows.at(-1)?.data.id ?? "");
  expect(await app.db.read((q) => [1, 2].map((most) => isFarBehind(q, before, most)))).toEqual([true, false]);
  await app.close();
});
