// The statements behind get_runs and get_scheduled_flow_runs use the indexes that were made for them.
import { expect, test } from "bun:test";
import { openDatabase, type Reader } from "#db/connect.ts";
import { dueRunsOfPool, dueRunsOfQueue, nextDue } from "#server/work-queues/due-runs.ts";
import type { WorkPool } from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";

const queue = (fields: Partial<WorkQueue> = {}): WorkQueue => ({
  ...{ id: "q", created: "", updated: "", name: "q", description: "", is_paused: false, concurrency_limit: 5 },
  ...{ priority: 1, work_pool_id: "p", filter: null, last_polled: null, ...fields },
});
const pool: WorkPool = {
  ...{ id: "p", created: "", updated: "", name: "p", description: null, type: "prefect-agent", is_paused: false },
  ...{ base_job_template: {}, concurrency_limit: 5, default_queue_id: "q" },
};
const bounds = { before: "2026", after: null, limit: 10 };

/** The plans of the statements that `work` runs. */
async function plansOf(work: (q: Reader) => unknown): Promise<string[]> {
  const db = openDatabase(":memory:");
  const plans: string[] = [];
  await db.read((q) => {
    const explained: Reader = {
      all(sql, ...params) {
        const steps = q.all<{ detail: string }>(`explain query plan ${sql}`, ...params);
        plans.push(steps.map(({ detail }) => detail).join("; "));
        return [];
      },
      get(sql, ...params) {
        explained.all(sql, ...params);
        return undefined;
      },
      each: (sql, ...params) => explained.all(sql, ...params),
    };
    work(explained);
  });
  await db.close();
  return plans;
}

/** Whether any deployment has a policy: one entry of a small index. */
const POLICIES = /^SCAN d USING (COVERING )?INDEX deployment_run_policy$/;

const table: [what: string, work: (q: Reader) => unknown, plans: RegExp[]][] = [
  [
    "a queue's runs and slots",
    (q) => dueRunsOfQueue(q, queue(), bounds),
    [
      /^SEARCH flow_run USING (COVERING )?INDEX flow_run_queue_slots \(work_queue_id=\?/,
      POLICIES,
      /^SEARCH flow_run USING (COVERING )?INDEX flow_run_queue_due \(work_queue_id=\? AND next_scheduled_start_time>\? AND next_scheduled_start_time<\?\)/,
    ],
  ],
  [
    "a pool's runs and slots",
    (q) => dueRunsOfPool(q, pool, [queue({ concurrency_limit: null })], bounds),
    [
      /SEARCH flow_run USING (COVERING )?INDEX flow_run_queue_slots \(work_queue_id=\?/,
      POLICIES,
      /^SEARCH flow_run USING (COVERING )?INDEX flow_run_queue_due \(work_queue_id=\? AND next/,
    ],
  ],
  [
    "the next due time",
    (q) => nextDue(q, [queue()], "2026"),
    [
      /^SEARCH flow_run USING (COVERING )?INDEX flow_run_queue_due \(work_queue_id=\? AND next_scheduled_start_time>\?\)$/,
    ],
  ],
  [
    "a legacy queue looks at scheduled runs only",
    (q) => dueRunsOfQueue(q, queue({ concurrency_limit: null, filter: { tags: ["a"], deployment_ids: null } }), bounds),
    [POLICIES, /^SEARCH flow_run USING INDEX flow_run_(due|state_time) /],
  ],
];
for (const [what, work, plans] of table) {
  test(what, async () => {
    const found = await plansOf(work);
    expect(found).toEqual(plans.map((plan) => expect.stringMatching(plan)));
  });
}

test("no sorting of all due runs: only runs due at the same moment are put in order", async () => {
  const found = await plansOf((q) => dueRunsOfQueue(q, queue({ concurrency_limit: null }), bounds));
  expect(found.join("\n")).not.toMatch(/USE TEMP B-TREE FOR ORDER BY/);
});
