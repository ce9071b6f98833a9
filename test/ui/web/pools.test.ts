// Work pools and queues: made, paused, changed and deleted.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createWebWorld, possible, type WatchedPage, type WebWorld } from "./world.ts";

let world: WebWorld;
let watched: WatchedPage;
beforeAll(async () => {
  if (!possible) return;
  world = await createWebWorld();
  watched = await world.openPage();
});
afterAll(() => world?.close());

const LIMIT = 60_000;

async function read<T>(path: string): Promise<T> {
  return (await (await fetch(`${world.url}/api${path}`)).json()) as T; // the test names what it reads
}

describe.skipIf(!possible)("work pools and queues", () => {
  test(
    "a pool is made with the template of its type",
    async () => {
      const { page, open, faults } = watched;
      await open("/work-pools");
      await page.getByRole("link", { name: "New work pool" }).click();
      await page.getByLabel("Name", { exact: true }).fill("big machines");
      await page.getByLabel("Type").selectOption("process");
      await page.getByLabel("Runs at once").fill("many");
      await page.getByText("A whole number, or nothing.").waitFor();
      await page.getByLabel("Runs at once").fill("3");
      await page.getByText("orch work-pool create 'big machines' --type process").waitFor();
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByText("orch worker start --pool 'big machines'").waitFor();
      const pool = await read<{ type: string; concurrency_limit: number; base_job_template: { variables: object } }>(
        "/work_pools/big%20machines",
      );
      expect(pool).toMatchObject({ type: "process", concurrency_limit: 3 });
      expect(Object.keys(pool.base_job_template.variables)).toContain("properties");
      await page.getByRole("tab", { name: "Workers" }).click();
      await page.getByText("No worker has looked after this pool.").waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "queues and pools say in a word how they do, and how many runs are late",
    async () => {
      const { page, open, faults } = watched;
      const { send, data } = world;
      const row = (name: string) => page.getByRole("row", { name: new RegExp(`^${name}|Pick ${name}`) }).first();
      await open("/work-queues");
      await row("night").getByText("No agent").waitFor(); // nothing has asked it for work
      const state = { type: "SCHEDULED", name: "Late", state_details: { scheduled_time: "2026-01-01T00:00:00Z" } };
      await send("POST", `/flow_runs/${data.runs.scheduled}/set_state`, { state, force: true });
      await row("night").getByText("1 late").waitFor();
      await send("POST", `/work_queues/${data.queue}/get_runs`, {});
      await open("/work-queues");
      await row("night").getByText("Late").waitFor();
      await row("night").getByText("1 run", { exact: true }).waitFor();
      await send("PATCH", `/work_queues/${data.queue}`, { is_paused: true });
      await row("night").getByText("Paused").waitFor();
      await send("PATCH", `/work_queues/${data.queue}`, { is_paused: false });
      await open("/work-pools");
      await row("default-agent-pool").getByText("1 run", { exact: true }).waitFor();
      await row("cluster").getByText("No agent").waitFor();
      await open("/work-pools/work-pool/cluster");
      await page.getByText("No agent listens to this pool, so nothing starts until one does.").waitFor();
      await open("/work-pools/work-pool/cluster/queue/urgent");
      await page.getByText("No agent listens to this queue, so nothing starts until one does.").waitFor();
      await send("POST", "/work_pools/cluster/get_scheduled_flow_runs", {}); // as an agent asks
      await open("/work-pools/work-pool/cluster/queue/urgent");
      await page.getByText("Take its runs on any machine:").waitFor();
      await open("/work-pools");
      await row("cluster").getByText("Ready").waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a switch pauses a pool and resumes it",
    async () => {
      const { page, open, faults } = watched;
      await open("/work-pools");
      const flip = page.getByRole("switch", { name: "Work pool cluster" });
      await flip.click();
      await page.getByText("cluster is paused: no agent gets its runs.").waitFor();
      expect(await flip.getAttribute("aria-checked")).toBe("false");
      expect(await read<object>("/work_pools/cluster")).toMatchObject({ is_paused: true });
      await flip.click();
      await page.getByText("cluster is on: agents get its runs.").waitFor();
      expect(await read<object>("/work_pools/cluster")).toMatchObject({ is_paused: false });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a queue is made, changed and deleted",
    async () => {
      const { page, open, faults } = watched;
      await open("/work-pools/work-pool/cluster");
      await page.getByRole("link", { name: "New work queue" }).click();
      await page.getByLabel("Name", { exact: true }).fill("slow");
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByText("orch agent start --pool cluster -q slow").waitFor();
      await page.getByRole("link", { name: "Change" }).click();
      await page.getByLabel("Runs at once").fill("7");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved slow.").waitFor();
      expect(await read<object>("/work_pools/cluster/queues/slow")).toMatchObject({ concurrency_limit: 7 });
      await page.getByRole("button", { name: "Delete" }).click();
      await page.getByText("Delete the work queue slow?").waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("Deleted slow.").waitFor();
      await page.getByRole("row", { name: /urgent/ }).waitFor();
      expect(await page.getByRole("row", { name: /slow/ }).count()).toBe(0);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
