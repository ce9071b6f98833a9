// What keeps pages quick: a large graph is drawn when it is asked for, a live update redraws what changed, and what a page shows
// first waits for nothing else. How quick they are is measured by `bun run bench --only web-ui`.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Timeline } from "#wire/runs/timelines.ts";
import { button, toPage } from "./run-page.ts";
import { createWebWorld, possible, settled, type WebWorld } from "./world.ts";

const LIMIT = 60_000;
let world: WebWorld;
beforeAll(async () => {
  if (possible) world = await createWebWorld();
}, LIMIT);
afterAll(() => world?.close());

/** The same task runs over and over, each time as others. */
function many(timeline: Timeline, times: number): Timeline {
  const { ids } = timeline.task_runs;
  const all = Array.from({ length: times }, (_, time) => time);
  const columns = Object.entries(timeline.task_runs).map(([name, values]): [string, readonly unknown[]] => {
    if (name === "ids") return [name, all.flatMap((time) => ids.map((id) => id.slice(0, -4) + (1000 + time)))];
    if (name === "places") return [name, all.flatMap((time) => ids.map((_, at) => time * ids.length + at))];
    const column: readonly unknown[] = values;
    return [name, all.flatMap(() => column)];
  });
  return { ...timeline, count: ids.length * times, task_runs: Object.fromEntries(columns) as Timeline["task_runs"] }; // of the same names
}

describe.skipIf(!possible)("quick", () => {
  test(
    "ui 1, 2: the graph of thousands of task runs is drawn when it is asked for; the tabs and the log are there before",
    async () => {
      const { page, open, faults, close } = await world.openPage();
      await page.route("**/timeline*", async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, json: many((await answer.json()) as Timeline, 2_000) }); // of this route
      });
      await open(toPage(world.data.runs.completed));
      await button(page, "Draw the timeline").waitFor();
      await page.getByText("the report is begun").waitFor();
      expect(await page.locator("canvas").count()).toBe(0);
      await button(page, "Draw the timeline").click();
      await page.getByRole("img", { name: /task runs over time/ }).waitFor();
      expect(faults()).toEqual([]);
      await close();
    },
    LIMIT,
  );

  test(
    "ui 5: when one run changes, no other row of the list is touched",
    async () => {
      const { page, open, close } = await world.openPage();
      await open("/flow-runs");
      await page.getByText("live", { exact: true }).waitFor();
      await page.getByRole("row", { name: /broken-run/ }).waitFor();
      await page.evaluate(() => {
        const touched: string[] = [];
        const note = ({ target }: MutationRecord) => {
          const element = target instanceof Element ? target : target.parentElement;
          // Time passes in every row.
          if (element?.closest("time, .run-span, .state-running")) return;
          touched.push(element?.closest("tr")?.textContent ?? "the list");
        };
        const observer = new MutationObserver((records) => records.forEach(note));
        const list = document.querySelector("tbody");
        if (list) observer.observe(list, { subtree: true, childList: true, characterData: true, attributes: true });
        Object.assign(globalThis, { touched });
      });
      await world.send("POST", `/flow_runs/${world.data.runs.failed}/set_state`, {
        ...{ force: true, state: { type: "FAILED", name: "Held back" } },
      });
      await page.getByRole("row", { name: /broken-run.*Held back/ }).waitFor();
      const touched = await page.evaluate(() => (globalThis as unknown as { touched: string[] }).touched); // set above
      expect(touched).not.toBeEmpty();
      expect(touched.filter((row) => !row.includes("broken-run"))).toEqual([]);
      await close();
    },
    LIMIT,
  );

  test(
    "what the page of runs shows first is asked for before what its menus need",
    async () => {
      const { page, close } = await world.openPage();
      const asked: string[] = [];
      page.on("response", (response) => {
        const { pathname } = new URL(response.url());
        if (pathname.startsWith("/api/")) asked.push(pathname);
      });
      await page.goto(`${world.url}/flow-runs`);
      await settled(page);
      await button(page, "Tag").click();
      await page.getByRole("checkbox", { name: "finance" }).waitFor();
      const [runs, menus] = ["/api/orch/flow_runs/page", "/api/deployments/filter"].map((path) => asked.indexOf(path));
      expect([runs, menus]).not.toContain(-1);
      expect(runs).toBeLessThan(menus ?? 0);
      await close();
    },
    LIMIT,
  );

  for (const [what, path, reads] of [
    ["runs", () => "/flow-runs", ["/orch/flow_runs/page", "/orch/flow_runs/page"]],
    [
      "a run",
      (run: string) => toPage(run),
      ["/orch/flow_runs/ID/story", "/orch/flow_runs/ID/timeline", "/orch/logs/window"],
    ],
  ] as const) {
    test(
      `the page of ${what} sends its first reads before any script is there`,
      async () => {
        const { page, faults, close } = await world.openPage();
        const run = world.data.runs.completed;
        const asked: string[] = [];
        const allAsked = Promise.withResolvers<void>();
        page.on("request", (request) => {
          const { pathname } = new URL(request.url());
          const name = pathname.replace("/api", "").replace(run, "ID");
          if (!reads.some((read) => read === name)) return;
          asked.push(name);
          if (asked.length === reads.length) allAsked.resolve();
        });
        await page.route("**/assets/*.js", async (route) => {
          await allAsked.promise;
          await route.continue();
        });
        await page.addInitScript(() => localStorage.setItem("orch.range", "30d")); // as chosen the last time
        await page.goto(world.url + path(run));
        await settled(page);
        expect(page.url()).toEndWith(what === "runs" ? "/flow-runs?range=30d" : path(run));
        // Twice where the world's own lines are so young that the page's connection tells of them.
        expect([...new Set(asked)].toSorted()).toEqual([...new Set(reads)]);
        expect(faults()).toEqual([]);
        await close();
      },
      LIMIT,
    );
  }

  test(
    "the page of a task run does not read the parameters of the run around it",
    async () => {
      const { page, open, close } = await world.openPage();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await open(`/flow-runs/task-run/${world.data.taskRun}`);
      await page.getByRole("link", { name: "done-run" }).waitFor();
      expect(asked).not.toContain(`/api/flow_runs/${world.data.runs.completed}`);
      await close();
    },
    LIMIT,
  );
});
