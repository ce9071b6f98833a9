// How a queue does, and which queues may pick up a deployment's runs.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createLateRuns } from "#server/loops/late-runs.ts";
import { checkDeploymentQueues } from "#wire/deployments/deployments.ts";
import {
  createWorkQueue,
  getQueueRuns,
  readWorkQueueStatus,
  readWorkQueueStatuses,
  type WorkQueue,
} from "#wire/pools/work-queues.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment } from "../../factory.ts";
import { settle, workFor } from "./work.ts";

const NOWHERE = "00000000-0000-0000-0000-000000000000";

let app: TestApp;
let queue: WorkQueue;
beforeEach(async () => {
  app = testApp({ services: false });
  queue = await app.call(createWorkQueue, { body: { name: "test" } });
});
afterEach(() => app.close());

describe("a queue", () => {
  const status = () => app.call(readWorkQueueStatus, { params: { id: queue.id } });
  const poll = async () => {
    await app.call(getQueueRuns, { params: { id: queue.id }, body: {} });
    await settle();
  };

  test("that nobody asked for work is not healthy", async () => {
    expect(await status()).toEqual({
      healthy: false,
      late_runs_count: 0,
      last_polled: null,
      health_check_policy: { maximum_late_runs: 0, maximum_seconds_since_last_polled: 60 },
    });
  });

  test("is healthy for a minute after each poll", async () => {
    await poll();
    expect((await status()).healthy).toBe(true);
    app.clock.advance(60);
    expect((await status()).healthy).toBe(true);
    app.clock.advance(1);
    expect((await status()).healthy).toBe(false);
  });

  test("with a late run is not healthy; runs of others do not count", async () => {
    const elsewhere = await workFor(app, { work_queue_name: "other" });
    await elsewhere.due("other", -60);
    await poll();
    await createLateRuns(app.app.context).runOnce();
    expect(await status()).toMatchObject({ healthy: true, late_runs_count: 0 });
    await (await workFor(app, { work_queue_name: "test" })).due("late", -60);
    await createLateRuns(app.app.context).runOnce();
    expect(await status()).toMatchObject({ healthy: false, late_runs_count: 1 });
    const { id } = queue;
    const statuses = (filter: object) => app.call(readWorkQueueStatuses, { body: { work_queues: filter } });
    expect(await statuses({ id: { any_: [id] } })).toEqual([{ id, ...(await status()) }]);
    const all = await statuses({});
    expect(all.map(({ late_runs_count }) => late_runs_count).sort()).toEqual([0, 1, 1]);
  });

  test("that is not there is not found, in the words of orchestration", async () => {
    expect(await app.send("GET", `/work_queues/${NOWHERE}/status`)).toEqual({
      status: 404,
      body: { exception_message: `Work queue with id ${NOWHERE} not found` } as never, // its own shape
    });
  });
});

describe("queues that may pick up a deployment", () => {
  test("are those without a filter, and those whose filter it meets", async () => {
    const deployment = await makeDeployment(app, { tags: ["a", "b"] });
    const FILTERS: [name: string, filter: object][] = [
      ["by tags", { tags: ["a"] }],
      ["by other tags", { tags: ["a", "c"] }],
      ["by deployment", { deployment_ids: [deployment.id] }],
      ["by other deployments", { deployment_ids: [NOWHERE] }],
    ];
    for (const [name, filter] of FILTERS) await app.call(createWorkQueue, { body: { name, filter } });
    const found = await app.call(checkDeploymentQueues, { params: { id: deployment.id } });
    expect(found.map(({ name }) => name)).toEqual(["default", "test", "by tags", "by deployment"]);
  });

  test("of a deployment that is not there are not found", async () => {
    expect((await app.send("GET", `/deployments/${NOWHERE}/work_queue_check`)).status).toBe(404);
  });
});
