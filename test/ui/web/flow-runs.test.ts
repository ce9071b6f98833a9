// The page of runs: filters and views in the address, numbers that filter, a chart that zooms, rows that stay, actions on many.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { createWebWorld, possible, settled, type WatchedPage, type WebWorld } from "./world.ts";

let world: WebWorld;
let watched: WatchedPage;
beforeAll(async () => {
  if (!possible) return;
  world = await createWebWorld();
  watched = await world.openPage();
});
afterAll(() => world?.close());

const LIMIT = 60_000;
const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });

async function stateOf(id: string): Promise<string> {
  const run = (await (await fetch(`${world.url}/api/flow_runs/${id}`)).json()) as { state_name?: string };
  return run.state_name ?? "gone";
}

describe.skipIf(!possible)("the page of runs", () => {
  test(
    "a failed run's row has the first line of its error",
    async () => {
      const { page, open, faults } = watched;
      await open("/flow-runs");
      await row(page, "broken-run").getByText("Flow run encountered an exception.").waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  for (const minutes of [-10, 10]) {
    test(
      `a browser whose clock is ${minutes} minutes off shows the newest runs: the clock is the server's`,
      async () => {
        const { page, open, faults, close } = await world.openPage();
        await page.addInitScript((off) => {
          const rightTime = Date.now;
          Date.now = () => rightTime() + off;
        }, minutes * 60_000);
        await open("/flow-runs?range=2h");
        await row(page, "done-run").waitFor();
        await row(page, "done-run")
          .getByText(/^(now|\d+ seconds? ago|[1-5] minutes? ago)$/)
          .waitFor();
        expect(faults()).toEqual([]);
        await close();
      },
      LIMIT,
    );
  }

  test(
    "a number by state is a filter in the address, Back takes it out",
    async () => {
      const { page, open } = watched;
      await open("/flow-runs");
      await row(page, "done-run").waitFor();
      await page
        .getByLabel("Runs by state")
        .getByRole("link", { name: /Failed/ })
        .click();
      await page.waitForURL("**/flow-runs?state=Failed");
      await row(page, "done-run").waitFor({ state: "detached" });
      await row(page, "broken-run").waitFor();
      // The numbers are of any state, so the others can be added.
      await page
        .getByLabel("Runs by state")
        .getByRole("link", { name: /Completed/ })
        .waitFor();
      await page.goBack();
      await row(page, "done-run").waitFor();
    },
    LIMIT,
  );

  test(
    "deployment, tag, name and range narrow the list; the link shows another reader the same",
    async () => {
      const { page, open, faults } = watched;
      await open("/flow-runs");
      await page.getByRole("button", { name: "Deployment" }).click();
      await page.getByRole("checkbox", { name: "nightly-report/production" }).check();
      await page.keyboard.press("Escape");
      await row(page, "inner-run").waitFor({ state: "detached" });
      await page.getByPlaceholder("Search names").fill("bro");
      await row(page, "done-run").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Last 7 days" }).click();
      await page.getByRole("link", { name: "Last 2 hours" }).click();
      await page.getByRole("button", { name: "Last 2 hours" }).waitFor();
      await row(page, "broken-run").waitFor();
      const other = await world.openPage();
      await other.page.goto(page.url());
      await row(other.page, "broken-run").waitFor();
      expect(await other.page.locator("tbody tr.row").count()).toBe(1);
      await other.close();
      await page.getByRole("link", { name: "Clear" }).click();
      await row(page, "inner-run").waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 11: a range of hours is there again when the page is opened again, and in the address",
    async () => {
      const { page, open, close } = await world.openPage();
      await open("/flow-runs");
      await page.getByRole("button", { name: "Last 7 days" }).click();
      await page.getByRole("link", { name: "Last 2 hours" }).click();
      await page.waitForURL("**/flow-runs?range=2h");
      await page.getByRole("link", { name: "Variables" }).click();
      await page.getByRole("heading", { name: "Variables" }).waitFor();
      await page.getByRole("link", { name: "Runs", exact: true }).click();
      await page.waitForURL("**/flow-runs?range=2h");
      await row(page, "done-run").waitFor();
      // The usual one is chosen, and stays too.
      await page.getByRole("button", { name: "Last 2 hours" }).click();
      await page.getByRole("link", { name: "Last 7 days" }).click();
      await page.waitForURL("**/flow-runs");
      await page.reload();
      await page.getByRole("button", { name: "Last 7 days" }).waitFor();
      expect(page.url()).toBe(`${world.url}/flow-runs`);
      await close();
    },
    LIMIT,
  );

  test(
    "a drag over the chart zooms to its range",
    async () => {
      const { page, open } = watched;
      await open("/flow-runs");
      const chart = page.getByRole("img", { name: /runs by their start and duration/ });
      const box = await chart.boundingBox();
      if (!box) throw new Error("the chart is not drawn");
      // The newest runs lie at the right edge.
      await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 40);
      await page.mouse.up();
      await page.waitForURL(/from=.*&to=/);
      await page.getByText("Nothing matches the filters.").waitFor();
      await page.goBack();
      await row(page, "done-run").waitFor();
    },
    LIMIT,
  );

  test(
    "a view is saved, found again, and deleted",
    async () => {
      const { page, open, faults } = watched;
      await open("/flow-runs?state=Failed&tag=seeded");
      await page.getByRole("button", { name: "Views" }).click();
      await page.getByRole("menuitem", { name: "Save this view" }).click();
      await page.getByLabel("Name", { exact: true }).fill("broken ones");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByText("Saved the view broken ones.").waitFor();
      await open("/flow-runs");
      await page.getByRole("button", { name: "Views" }).click();
      await page.getByRole("menuitem", { name: "broken ones" }).click();
      await page.waitForURL("**/flow-runs?state=Failed&tag=seeded");
      await page.getByRole("button", { name: "broken ones" }).click();
      await page.getByRole("menuitem", { name: "Delete broken ones" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("Deleted the view broken ones.").waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "what Prefect's UI saved is a view too",
    async () => {
      const { page, open } = watched;
      await open("/flow-runs");
      await page.getByRole("button", { name: "Views" }).click();
      await page.getByRole("menuitem", { name: "only-failures" }).click();
      await page.waitForURL("**/flow-runs?state=Failed");
    },
    LIMIT,
  );

  test(
    "a new run comes without a reload",
    async () => {
      const { page, open } = watched;
      await open("/flow-runs");
      await page.getByText("live", { exact: true }).waitFor();
      await world.send("POST", `/deployments/${world.data.deployment}/create_flow_run`, { name: "just-made" });
      await row(page, "just-made").waitFor();
    },
    LIMIT,
  );

  test(
    "picked runs are cancelled, and deleted after they were counted",
    async () => {
      const { page, open, barriers } = watched;
      await open("/flow-runs");
      await row(page, "busy-run").getByRole("checkbox").check();
      await page.getByText("1 picked").waitFor();
      await page.getByLabel("Picked rows").getByRole("button", { name: "Cancel" }).click();
      await page.getByText("Cancel 1 run: busy-run?").waitFor();
      expect(await barriers()).toEqual([]);
      await page.getByRole("dialog").getByRole("button", { name: "Cancel", exact: true }).click();
      await page.getByText("Cancelling 1 run.").waitFor();
      await row(page, "busy-run").getByText("Cancelling").waitFor();
      expect(await stateOf(world.data.runs.running)).toBe("Cancelling");

      await row(page, "broken-run").getByRole("checkbox").check();
      await row(page, "done-run").getByRole("checkbox").check();
      await page.getByLabel("Picked rows").getByRole("button", { name: "Delete" }).click();
      await page.getByText(/Delete 2 runs: .*broken-run/).waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await row(page, "broken-run").waitFor({ state: "detached" });
      await settled(page);
      expect(await stateOf(world.data.runs.failed)).toBe("gone");
    },
    LIMIT,
  );
});

describe.skipIf(!possible)("a range of two moments", () => {
  // The clocks of New York went back on 1 November 2026 at 2:00.
  const cases: [zone: string, given: string, moment: string][] = [
    ["America/New_York", "2026-10-31T12:00", "2026-10-31T16:00:00.000Z"],
    ["America/New_York", "2026-11-01T12:00", "2026-11-01T17:00:00.000Z"],
    ["UTC", "2026-11-01T12:00", "2026-11-01T12:00:00.000Z"],
    ["Asia/Kolkata", "2026-11-01T12:00", "2026-11-01T06:30:00.000Z"],
  ];
  for (const [timezoneId, given, moment] of cases) {
    test(
      `ui 13: ${given} is meant in the zone that is shown, ${timezoneId}`,
      async () => {
        const { page, open, close } = await world.openPage({ timezoneId });
        await open("/flow-runs");
        await page.getByRole("button", { name: "Last 7 days" }).click();
        await page.getByLabel("From").fill(given);
        await page.getByLabel("To", { exact: true }).fill("");
        await page.getByRole("button", { name: "Show this range" }).click();
        await page.waitForURL(/from=/);
        expect(new URL(page.url()).searchParams.get("from")).toBe(moment);
        // And it is read back as it was given.
        await page.getByRole("button", { name: /2026|31 Oct|1 Nov/ }).click();
        expect(await page.getByLabel("From").inputValue()).toBe(given);
        await close();
      },
      LIMIT,
    );
  }
});

describe.skipIf(!possible)("a long list of runs", () => {
  test(
    "ui 3, 4, 25: is counted whole, drawn in part, picked whole by its filters, and deleted",
    async () => {
      const { page, faults, close } = await world.openPage();
      const make = (name: string) =>
        world.send("POST", "/flow_runs/", {
          flow_id: world.data.flow,
          name,
          state: { type: "COMPLETED" },
          tags: ["old"],
        });
      for (let number = 0; number < 230; number += 46) {
        await Promise.all(Array.from({ length: 46 }, (_, index) => make(`old-${number + index}`)));
      }
      await page.goto(`${world.url}/flow-runs?tag=old`);
      // The chart and the numbers are of all runs, the rows of those near the screen.
      await page
        .getByRole("navigation", { name: "Runs by state" })
        .getByRole("link", { name: /230.*completed/i })
        .waitFor();
      await page.getByLabel(/^230 runs by their start and duration/).waitFor();
      expect(await page.locator("tr.row").count()).toBeLessThan(100);
      await row(page, "old-").first().getByRole("checkbox").check();
      await page.getByRole("button", { name: "Pick all 230" }).click();
      await page.getByLabel("Picked rows").getByRole("button", { name: "Delete" }).click();
      await page.getByText(/Delete 230 runs: old-\d+, .* and 225 more\?/).waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("Deleted 230 runs.").waitFor();
      await page.getByText("Nothing matches the filters.").waitFor();
      expect(faults()).toEqual([]);
      await close();
    },
    LIMIT,
  );

  test(
    "shows any part of itself, and its rows stay where they are when others come above",
    async () => {
      const { page, close } = await world.openPage();
      const flow_id = world.data.flow;
      const make = (name: string) =>
        world.send("POST", "/flow_runs/", { flow_id, name, state: { type: "PENDING" }, tags: ["crowd"] });
      for (let number = 0; number < 320; number += 40) {
        await Promise.all(Array.from({ length: 40 }, (_, index) => make(`crowd-${number + index}`)));
      }
      await page.goto(`${world.url}/flow-runs?tag=crowd`);
      await row(page, "crowd-").first().waitFor();
      await page.waitForFunction(() => document.body.scrollHeight > 320 * 36);
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight / 2));
      const seen = () =>
        page.evaluate(() => {
          const rows = [...document.querySelectorAll<HTMLElement>("tr.row")];
          return rows.find((one) => one.getBoundingClientRect().top > 200)?.textContent ?? "";
        });
      await page.waitForFunction(() => {
        const rows = [...document.querySelectorAll<HTMLElement>("tr.row")];
        return rows.some((one) => one.getBoundingClientRect().top > 200 && one.getBoundingClientRect().top < 500);
      });
      await settled(page); // what is new is new since these rows were read
      const name = /crowd-\d+/.exec(await seen())?.[0];
      await Promise.all(Array.from({ length: 12 }, (_, index) => make(`crowd-later-${index}`)));
      await page.getByRole("button", { name: "12 new" }).waitFor();
      await page.waitForFunction((wanted) => {
        const rows = [...document.querySelectorAll<HTMLElement>("tr.row")];
        return rows.find((one) => one.getBoundingClientRect().top > 200)?.textContent?.includes(wanted);
      }, `${name}`);
      await page.getByRole("button", { name: "12 new" }).click();
      await row(page, "crowd-later-").first().waitFor();
      await page.getByRole("button", { name: "12 new" }).waitFor({ state: "detached" });
      await close();
    },
    LIMIT,
  );
});
