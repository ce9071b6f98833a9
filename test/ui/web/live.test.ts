// What another changes by the API arrives at the pages that show it, long before they would read it anew by themselves.
import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { Seeded, Send } from "../seed.ts";
import { expectSoon, LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

/** What no event tells of is read anew after half a minute: a change that is seen within this time was told. */
const TOLD_MS = 15_000;

interface Change {
  what: string;
  path: (data: Seeded) => string;
  change: (send: Send, data: Seeded) => Promise<unknown>;
  /** Resolves when the change is on the page. */
  seen: (page: Page) => Promise<unknown>;
}

const says = (text: string | RegExp) => (page: Page) => page.locator("main").getByText(text).first().waitFor();
const hasNo = (text: string) => (page: Page) =>
  page.locator("main").getByText(text, { exact: true }).first().waitFor({ state: "detached" });
const isOff = (name: string) => (page: Page) =>
  page.locator(`[role=switch][aria-label*="${name}"][aria-checked=false]`).first().waitFor();

const CHANGES: readonly Change[] = [
  {
    what: "the pause of a pool, in the list of pools",
    path: () => "/work-pools",
    change: (send) => send("PATCH", "/work_pools/cluster", { is_paused: true }),
    seen: isOff("Work pool cluster"),
  },
  {
    what: "the pause of a pool, on its page",
    path: () => "/work-pools/work-pool/default-agent-pool",
    change: (send) => send("PATCH", "/work_pools/default-agent-pool", { is_paused: true }),
    seen: isOff("Work pool default-agent-pool"),
  },
  {
    what: "a pool that is gone",
    path: () => "/work-pools",
    change: (send) => send("DELETE", "/work_pools/cluster"),
    seen: hasNo("cluster"),
  },
  {
    what: "the pause of a queue, in the list of queues",
    path: () => "/work-queues",
    change: (send, { queue }) => send("PATCH", `/work_queues/${queue}`, { is_paused: true }),
    seen: isOff("Work queue night"),
  },
  {
    what: "the limit of a queue, on its page",
    path: ({ queue }) => `/work-queues/work-queue/${queue}?tab=details`,
    change: (send, { queue }) => send("PATCH", `/work_queues/${queue}`, { concurrency_limit: 4_321 }),
    seen: says("4321"),
  },
  {
    what: "a schedule that is paused, in the list of deployments",
    path: () => "/deployments",
    change: (send, { deployment }) => send("POST", `/deployments/${deployment}/set_schedule_inactive`),
    seen: isOff("Schedule of nightly-report/production"),
  },
  {
    what: "the description of a deployment, on its page",
    path: ({ deployment }) => `/deployments/deployment/${deployment}?tab=description`,
    change: (send, { deployment }) => send("PATCH", `/deployments/${deployment}`, { description: "told at once" }),
    seen: says("told at once"),
  },
  {
    what: "the tags of a flow, on its page",
    path: ({ flow }) => `/flows/flow/${flow}`,
    change: (send, { flow }) => send("PATCH", `/flows/${flow}`, { tags: ["new-tag"] }),
    seen: says("new-tag"),
  },
  {
    what: "a flow that was made",
    path: () => "/flows",
    change: (send) => send("POST", "/flows/", { name: "brand-new-flow" }),
    seen: says("brand-new-flow"),
  },
  {
    what: "the value of a variable",
    path: () => "/variables",
    change: (send) => send("PATCH", "/variables/name/colour", { value: "crimson" }),
    seen: says("crimson"),
  },
  {
    what: "a variable that is gone",
    path: () => "/variables",
    change: (send) => send("DELETE", "/variables/name/colour"),
    seen: hasNo("colour"),
  },
  {
    what: "the value of a block",
    path: ({ block }) => `/blocks/block/${block}`,
    change: (send, { block }) => send("PATCH", `/block_documents/${block}`, { data: { notify_type: "success" } }),
    seen: says("success"),
  },
  {
    what: "the switch of a notification",
    path: () => "/notifications",
    change: (send, { policy }) => send("PATCH", `/flow_run_notification_policies/${policy}`, { is_active: false }),
    seen: isOff("enters Failed"),
  },
  {
    what: "a limit, in the list of limits",
    path: () => "/concurrency-limits",
    change: (send) => send("POST", "/concurrency_limits/", { tag: "database", concurrency_limit: 9 }),
    seen: says("0 of 9"),
  },
  {
    what: "the slots of a limit, on its page",
    path: ({ limit }) => `/concurrency-limits/concurrency-limit/${limit}`,
    change: (send, { taskRun }) => send("POST", "/concurrency_limits/tag/database/reset", { slot_override: [taskRun] }),
    seen: says(/1 of \d/),
  },
];

describe.skipIf(!possible)("told at once:", () => {
  const shared = shareWorld();

  for (const { what, path, change, seen } of CHANGES) {
    test(
      what,
      async () => {
        const { page, open, world } = shared;
        await open(path(world.data));
        await page.getByText("live", { exact: true }).waitFor();
        page.setDefaultTimeout(TOLD_MS);
        await change(world.send, world.data);
        await seen(page);
        page.setDefaultTimeout(20_000);
      },
      LIMIT,
    );
  }

  test(
    "the slot that a task run takes is shown by the page of its limit",
    async () => {
      const { page, open, world } = shared;
      const limit = await world.send("POST", "/concurrency_limits/", { tag: "own-tag", concurrency_limit: 7 });
      const run = { flow_id: world.data.flow, name: "takes-a-slot", state: { type: "RUNNING" } };
      const { id: flow_run_id } = await world.send("POST", "/flow_runs/", run);
      const task = { flow_run_id, task_key: "t", dynamic_key: "0", tags: ["own-tag"], state: { type: "PENDING" } };
      const { id } = await world.send("POST", "/task_runs/", task);
      await open(`/concurrency-limits/concurrency-limit/${limit.id}`);
      await page.getByText("live", { exact: true }).waitFor();
      await says("0 of 7")(page);
      page.setDefaultTimeout(TOLD_MS);
      await world.send("POST", `/task_runs/${id}/set_state`, { state: { type: "RUNNING" } });
      await says("1 of 7")(page);
      page.setDefaultTimeout(20_000);
    },
    LIMIT,
  );

  test(
    "a run that is deleted leaves the list of runs",
    async () => {
      const { page, open, world } = shared;
      const made = { flow_id: world.data.flow, name: "gone-run", state: { type: "RUNNING" } };
      const { id } = await world.send("POST", "/flow_runs/", made);
      await open("/flow-runs");
      await page.getByText("live", { exact: true }).waitFor();
      const row = page.getByRole("row", { name: /gone-run/ });
      await row.waitFor();
      page.setDefaultTimeout(TOLD_MS);
      await world.send("DELETE", `/flow_runs/${id}`);
      await row.waitFor({ state: "detached" });
      page.setDefaultTimeout(20_000);
    },
    LIMIT,
  );

  test(
    "a run that ends after its page has read it and before it listens is shown as ended",
    async () => {
      const { page, open, world } = shared;
      const made = { flow_id: world.data.flow, name: "ends-early", state: { type: "RUNNING" } };
      const { id } = await world.send("POST", "/flow_runs/", made);
      const held = Promise.withResolvers<void>();
      await page.route("**/api/orch/events*", async (route) => {
        await held.promise;
        await route.continue();
      });
      await open(`/flow-runs/flow-run/${id}`);
      const state = (name: string) => page.locator("main").getByText(name, { exact: true }).first();
      await state("Running").waitFor();
      await world.send("POST", `/flow_runs/${id}/set_state`, { state: { type: "COMPLETED" }, force: true });
      held.resolve();
      page.setDefaultTimeout(TOLD_MS);
      await state("Completed").waitFor();
      page.setDefaultTimeout(20_000);
      await page.unroute("**/api/orch/events*");
    },
    LIMIT,
  );

  test(
    "when nothing happens, the first connection makes no read a second time",
    async () => {
      const { world } = shared;
      const { page, open, close } = await world.openPage();
      const reads: string[] = [];
      page.on("request", (request) => {
        if (request.url().includes("/story")) reads.push(request.url());
      });
      await open(`/flow-runs/flow-run/${world.data.runs.completed}`);
      await page.getByText("live", { exact: true }).waitFor();
      await page.waitForTimeout(1_500); // longer than the least gap between two reads
      expect(reads).toHaveLength(1);
      await close();
    },
    LIMIT,
  );

  test(
    "what was deleted while the connection was cut is gone when it holds again",
    async () => {
      const { page, open, world } = shared;
      const made = { flow_id: world.data.flow, name: "gone-meanwhile", entrypoint: "f.py:x", path: "/code" };
      const { id } = await world.send("POST", "/deployments/", made);
      await open("/deployments");
      const row = page.getByRole("link", { name: /gone-meanwhile/ });
      await row.first().waitFor();
      const startAgain = await world.stopServer();
      await page.getByText("Reconnecting…").waitFor();
      await page.route("**/api/orch/events*", (route) => route.abort());
      await startAgain();
      await world.send("DELETE", `/deployments/${id}`);
      await page.unroute("**/api/orch/events*");
      await page.getByText("live", { exact: true }).waitFor();
      await expectSoon(() => row.count(), 0);
      expect(await page.getByRole("link", { name: /production/ }).count()).toBeGreaterThan(0);
    },
    LIMIT,
  );
});
