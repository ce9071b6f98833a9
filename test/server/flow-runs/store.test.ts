import { afterAll, expect, test } from "bun:test";
import { ALWAYS } from "#db/sql.ts";
import { listFlowRuns, readFlowRun, readFlowRuns } from "#server/flow-runs/store.ts";
import { testApp } from "../../app.ts";
import { makeFlow, makeFlowRun } from "../../factory.ts";
import { plansOf } from "../plans.ts";

const app = testApp();
afterAll(() => app.close());

const GONE = "00000000-0000-4000-8000-000000000000";
const PAGE = { limit: 200, offset: 0 };

test("runs come in the order they were asked for, without those that are gone", async () => {
  const flow = await makeFlow(app);
  const runs = [1, 2, 3].map(() => makeFlowRun(app, { flow_id: flow.id, tags: ["t"], state: { type: "SCHEDULED" } }));
  const [one, two, three] = await Promise.all(runs);
  const read = await app.db.read((q) =>
    readFlowRuns(q, [three?.id ?? "", GONE, one?.id ?? "", two?.id ?? ""], app.clock.now()),
  );
  expect(read).toEqual([three, one, two] as never);
  expect(await app.db.read((q) => readFlowRuns(q, [], app.clock.now()))).toEqual([]);
});

test("one run, many and a list are each one statement, with state, queue and pool found by their keys", async () => {
  const plans = await plansOf(app, (q) => {
    readFlowRun(q, GONE, 0);
    readFlowRuns(q, [GONE, GONE.replace("8", "9")], 0);
    listFlowRuns(q, ALWAYS, "ID_DESC", PAGE, 0);
  });
  expect(plans.length).toBe(3);
  for (const plan of plans) {
    for (const joined of ["s", "a", "q", "p"]) expect(plan).toContain(`SEARCH ${joined} USING`);
    expect(plan).not.toContain("TEMP B-TREE");
  }
});

const sorts = [
  "ID_DESC",
  "START_TIME_DESC",
  "START_TIME_ASC",
  "EXPECTED_START_TIME_DESC",
  "EXPECTED_START_TIME_ASC",
  "NAME_ASC",
  "NAME_DESC",
  "END_TIME_DESC",
] as const;
for (const sort of sorts) {
  test(`a page sorted by ${sort} comes out of an index in its order`, async () => {
    const [plan] = await plansOf(app, (q) => listFlowRuns(q, ALWAYS, sort, PAGE, 0));
    expect(plan).toMatch(/^SCAN flow_run USING INDEX/);
    expect(plan).not.toContain("TEMP B-TREE");
  });
}
