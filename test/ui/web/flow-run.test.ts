// The page of a flow run: its log searched, followed, filtered, copied and downloaded; its tabs; why it waits; its actions.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page, Request } from "playwright-core";
import { fillLively, type LivelyHome } from "../lively.ts";
import { box, button, sees, toPage } from "./run-page.ts";
import { createWebWorld, possible, settled, type WatchedPage, type WebWorld } from "./world.ts";

const LIMIT = 60_000;
/** As `fillLively` makes them: an error, and four lines with this text. */
const LINES = 3000;
const ERROR_AT = 1350;
const RARE = "not bold";
const RARE_AT = [0, 997, 1994, 2991];

const marked = (page: Page, position: number) =>
  page.locator(`.log-row.is-marked[data-position="${position}"] .log-line`).waitFor();

async function scrollTo(page: Page, position: number): Promise<void> {
  await box(page).evaluate((element, row) => element.scrollTo({ top: row * 20 }), position);
  await sees(page, position + 3);
}

const PATIENCE_MS = 30_000;

/** Presses the keys of copying, and gives the lines once there are as many. */
async function copyLines(page: Page, least: number): Promise<string[]> {
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await page.keyboard.press("Control+c");
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const text = await page.evaluate(() => navigator.clipboard.readText());
    const lines = text.split("\n").filter((line) => /^\d\d:\d\d:\d\d /.test(line));
    if (lines.length >= least) return lines;
    // Where reading took long, the page asks for the keys again.
    if (await page.getByText("copy once more").count()) await page.keyboard.press("Control+c");
    if (performance.now() > until) throw new Error(`${lines.length} lines were copied: ${await selectionOf(page)}`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

/** What a failure should tell: where the selection begins and ends, and what the page says. */
function selectionOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { anchorNode, focusNode } = getSelection() ?? {};
    const rowOf = (node: Node | null | undefined) => node?.parentElement?.closest<HTMLElement>("[data-position]");
    const [from, to] = [rowOf(anchorNode), rowOf(focusNode)].map((row) => row?.dataset["position"] ?? "elsewhere");
    return `from ${from} to ${to}. ${document.querySelector(".toasts")?.textContent}`;
  });
}

describe.skipIf(!possible)("a run with a long log", () => {
  let home: string;
  let lively: LivelyHome;
  let world: WebWorld;
  let watched: WatchedPage;
  const idOf = (name: string) => lively.runs[name] ?? "";
  beforeAll(async () => {
    if (!possible) return;
    home = mkdtempSync(join(tmpdir(), "orch-run-page-"));
    lively = await fillLively(join(home, "home"), { small: true });
    world = await createWebWorld({ ORCH_HOME: join(home, "home") }, false);
    watched = await world.openPage();
    await watched.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  }, LIMIT);
  afterAll(async () => {
    await world?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });
  const openLog = async (query = "") => {
    await watched.open(toPage(idOf("hundred-thousand-lines"), query));
    await box(watched.page).waitFor();
    return watched.page;
  };

  test(
    "ui 14: a search covers the whole log, and steps go from hit to hit, from where the reader is",
    async () => {
      const page = await openLog();
      await page.getByPlaceholder("Search the whole log").fill(RARE);
      await page.getByText("4 found").waitFor();
      for (const [step, position] of [...RARE_AT, 0].entries()) {
        await button(page, "Next hit").click();
        await page.getByText(`${(step % 4) + 1} of 4 found`).waitFor();
        await marked(page, position);
        await sees(page, position);
      }
      // Escapes that colour a terminal are left out.
      await page.locator('[data-position="0"] .text').filter({ hasText: "list green <b>not bold</b>" }).waitFor();
      await button(page, "Hit before").click();
      await marked(page, 2991);
      expect(await page.locator(".is-marked mark").first().textContent()).toBe(RARE);
      await box(page).hover();
      await page.mouse.wheel(0, -30_000);
      await page.waitForFunction(() => (document.querySelector(".log-box")?.scrollTop ?? 0) < 32_000);
      await button(page, "Next hit").click();
      await marked(page, 1994);
      expect(watched.faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 17: the lines around a hit are seen with it",
    async () => {
      const page = await openLog("?find=not+bold");
      await page.getByText("4 found").waitFor();
      await button(page, "Next hit").click();
      await button(page, "Next hit").click();
      for (const position of [995, 996, 997, 998, 999]) await sees(page, position);
      expect(await page.locator(".log-row mark").count()).toBe(1);
      expect(watched.faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 15: jumps lead to the bottom, the top and the next error",
    async () => {
      const page = await openLog();
      await button(page, "To the bottom").click();
      await sees(page, LINES - 1);
      await button(page, "To the top").click();
      await sees(page, 0);
      await button(page, "Next error").click();
      await marked(page, ERROR_AT);
      await sees(page, ERROR_AT);
      await page.getByText(`Row ${ERROR_AT} was refused`).waitFor();
      // There is no other: it comes round.
      await button(page, "To the bottom").click();
      await page.keyboard.press("e");
      await sees(page, ERROR_AT);
      expect(watched.faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 15: where no line is an error, a word says so",
    async () => {
      const page = await openLog("?logger=partner.client");
      await button(page, "Next error").click();
      await page.getByText("No line is an error.").waitFor();
    },
    LIMIT,
  );

  test(
    "ui 16: everything is downloaded, or what the filters leave",
    async () => {
      const page = await openLog("?logger=partner.client&logger=prefect.flow_runs");
      const download = async (which: string) => {
        await button(page, "Download").click();
        const [file] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("menuitem", { name: which }).click(),
        ]);
        return readFileSync(await file.path(), "utf8");
      };
      const all = await download("Everything");
      expect(all.match(/^\d{4}-/gm)?.length).toBe(LINES);
      const some = await download("This view");
      expect(some.match(/^\d{4}-/gm)?.length).toBe(LINES / 4);
      expect(some).toContain("| partner.client |");
      expect(some).toContain("| prefect.flow_runs |");
      expect(some).not.toContain("prefect.task_runs");
    },
    LIMIT,
  );

  test(
    "ui 18: task run, logger and level narrow the lines, in the address; Back takes them out",
    async () => {
      const page = await openLog();
      await button(page, "Task run").click();
      await page.getByRole("radio", { name: "extract-0 (750)" }).click();
      await page.waitForURL(/[?&]task=/);
      await settled(page); // of other lines none is there at first, and so no bottom to go to
      await button(page, "To the bottom").click();
      await sees(page, 749);
      await page.goBack();
      await settled(page);
      await button(page, "To the bottom").click();
      await sees(page, LINES - 1);
      await watched.open(toPage(idOf("hundred-thousand-lines"), "?level=40"));
      await sees(page, 0);
      expect(await page.locator(".log-row").count()).toBe(1);
      await watched.open(toPage(idOf("hundred-thousand-lines"), "?level=50"));
      await page.getByText("No line matches the filters.").waitFor();
      await page.getByRole("link", { name: "Clear" }).click();
      await sees(page, 0);
      expect(watched.faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 19, 20: a line between attempts; the order is remembered",
    async () => {
      const page = await openLog();
      await scrollTo(page, LINES / 2);
      await page.getByText(/Attempt 2, /).waitFor();
      await button(page, "Oldest first").click();
      await button(page, "To the top").click();
      await sees(page, LINES - 1);
      await page.reload();
      await button(page, "Newest first").waitFor();
      await sees(page, LINES - 1);
      await button(page, "Newest first").click();
      await sees(page, 0);
    },
    LIMIT,
  );

  test(
    "ui 21: Ctrl-A copies all lines, those that were never on the screen too; the page keys scroll",
    async () => {
      const page = await openLog();
      await box(page).focus();
      await page.keyboard.press("PageDown");
      await page.waitForFunction(() => (document.querySelector(".log-box")?.scrollTop ?? 0) > 100);
      await page.keyboard.press("End");
      await sees(page, LINES - 1);
      await page.keyboard.press("Control+a");
      const lines = await copyLines(page, LINES);
      expect(lines).toHaveLength(LINES);
      expect(lines[ERROR_AT]).toContain(`ERROR    Row ${ERROR_AT} was refused`);
    },
    LIMIT,
  );

  test(
    "ui 21: a selection from a click to another with Shift, far below, is copied whole",
    async () => {
      const page = await openLog();
      await page.locator('.log-row[data-position="5"] .text').click({ position: { x: 2, y: 5 } });
      await scrollTo(page, 2000);
      await page
        .locator('.log-row[data-position="2004"] .text')
        .click({ position: { x: 20, y: 5 }, modifiers: ["Shift"] });
      const lines = await copyLines(page, 2000);
      expect(lines).toHaveLength(2000);
      expect(watched.faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 21: a selection keeps its lines although the log scrolls before the page hears of it",
    async () => {
      const page = await openLog();
      const isKept = await box(page).evaluate(async (element) => {
        const row = element.querySelector('.log-row[data-position="5"]');
        const text = row?.querySelector(".text")?.firstChild;
        if (!text) return undefined;
        // The event that tells of a selection is sent later; that of the scroll is sent at once.
        getSelection()?.collapse(text, 0);
        element.scrollTop = 2000 * 20;
        element.dispatchEvent(new Event("scroll"));
        const isDrawn = () => document.querySelector('.log-row[data-position="2003"]');
        while (!isDrawn()) await new Promise(requestAnimationFrame);
        return row?.isConnected;
      });
      expect(isKept).toBe(true);
    },
    LIMIT,
  );

  test(
    "ui 12: one click shows failed task runs only, in the timeline and in the list",
    async () => {
      const { page, open, faults } = watched;
      await open(toPage(idOf("five-thousand-tasks"), "?tab=tasks"));
      const rows = page.getByRole("table", { name: "Task runs" }).locator("tbody tr.row");
      await rows.nth(5).waitFor();
      await page.getByRole("checkbox", { name: "Failed only (3)" }).check();
      await page.waitForURL(/failed=yes/);
      await rows.nth(3).waitFor({ state: "detached" });
      expect(await rows.count()).toBe(3);
      await page.getByRole("checkbox", { name: "Only failed task runs" }).uncheck();
      await rows.nth(5).waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  const firstSights: [what: string, address: () => string, calls: string[]][] = [
    ["the runs", () => "/flow-runs?state=Failed&sort=NAME_ASC", ["flow_runs/page", "flow_runs/page"]],
    [
      "a run",
      () => toPage(idOf("hundred-thousand-lines"), "?level=40"),
      ["flow_runs/ID/story", "flow_runs/ID/timeline", "logs/window"],
    ],
  ];
  for (const [what, address, calls] of firstSights) {
    test(
      `ui 1: what the page of ${what} shows first is asked for before the frame, and once`,
      async () => {
        const { page } = watched;
        const asked: string[] = [];
        const note = (request: Request) => {
          const [, path] = /\/api\/orch\/(.*)/.exec(request.url()) ?? [];
          if (path) asked.push(path.replace(/[0-9a-f-]{36}/, "ID"));
          else if (request.url().endsWith("/flow_runs/count")) asked.push("the frame");
        };
        page.on("request", note);
        await watched.open(address());
        await page.locator("main h1").waitFor();
        await page.locator("tbody tr.row, .log-row").first().waitFor();
        page.off("request", note);
        expect(asked.slice(0, asked.indexOf("the frame"))).toEqual(expect.arrayContaining(calls));
        expect(asked.filter((path) => calls.includes(path)).toSorted()).toEqual(calls.toSorted());
      },
      LIMIT,
    );
  }

  test(
    "ui 6: a tab costs at most three requests and never shows the rows of the one before",
    async () => {
      const { page, open } = watched;
      const id = idOf("two-thousand-tasks");
      await open(toPage(id));
      let asked: string[] = [];
      page.on("request", (request) => {
        if (request.url().includes("/api/") && `${request.url()} ${request.postData() ?? ""}`.includes(id))
          asked.push(request.url());
      });
      const contents: [RegExp, RegExp][] = [
        [/^Task runs/, /fetch-\d+/],
        [/^Subflows/, /nightly|Completed|This run has started/],
        [/^Results/, /There are no results/],
        [/^History/, /3\/2000 states failed/],
        [/^Parameters/, /\{/],
        [/^Details/, /Run count/],
        [/^Logs/, /This run wrote no lines|INFO/],
      ];
      for (const [title, words] of contents) {
        await settled(page); // of the tab before nothing is asked any more
        asked = [];
        const tab = page.getByRole("tab", { name: title });
        await tab.click();
        await page.locator('[role="tab"][aria-selected="true"]').filter({ hasText: title }).waitFor();
        if (!title.test("Task runs")) expect(await page.locator("main").textContent()).not.toMatch(/fetch-\d+/);
        await page.locator("main").getByText(words).first().waitFor();
        expect(asked.length).toBeLessThanOrEqual(3);
      }
    },
    LIMIT,
  );

  test(
    "ui 1: the first lines of a log are asked for before what reads all of it",
    async () => {
      const { page, open } = watched;
      const asked: string[] = [];
      const id = idOf("hundred-thousand-lines");
      page.on("request", (request) => {
        // The page that is left may still ask for its own.
        if (request.postData()?.includes(id)) asked.push(new URL(request.url()).pathname);
      });
      await open(toPage(id));
      await button(page, "Logger").waitFor();
      const [lines, summary] = ["/api/orch/logs/window", "/api/orch/logs/summary"].map((path) => asked.indexOf(path));
      expect([lines, summary]).not.toContain(-1);
      expect(lines).toBeLessThan(summary ?? 0);
    },
    LIMIT,
  );

  test(
    "ui 8: a large parameter is folded, coloured to where it is cut, and shown whole when asked for",
    async () => {
      const { page, open, faults } = watched;
      await open(toPage(idOf("large-parameter"), "?tab=parameters"));
      const code = page.getByRole("region", { name: "Parameters" });
      const cut = (await code.locator(".token-text").last().textContent()) ?? "";
      expect(cut.length).toBeGreaterThan(19_000);
      await button(page, "Show all").click();
      await code.getByText("9007199254740993").waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 24: the page says why a run waits, and what helps",
    async () => {
      const { page, open, faults } = watched;
      const reasons: [string, RegExp][] = [
        ["waits-for-an-agent", /agent/],
        ["waits-in-a-paused-queue", /paused/],
        ["waits-in-a-paused-pool", /paused/],
        ["waits-for-its-turn", /has-the-only-slot/],
        ["has-no-queue", /queue/],
        ["planned-for-later", /Until/],
        ["waits-to-be-resumed", /resume/i],
        ["tries-again-later", /Until/],
        ["waits-for-a-slot", /gpu|slot|task/],
      ];
      for (const [name, words] of reasons) {
        await open(toPage(idOf(name)));
        await page.locator("main .notice").filter({ hasText: words }).waitFor();
      }
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 30: on a narrow screen the open tab is in sight",
    async () => {
      const narrow = await world.openPage({ width: 400, height: 800 });
      await narrow.open(toPage(idOf("large-parameter"), "?tab=details"));
      await narrow.page.waitForFunction(() => {
        const tab = document.querySelector('[role="tab"][aria-selected="true"]')?.getBoundingClientRect();
        return tab && tab.left >= 0 && tab.right <= innerWidth && document.documentElement.scrollWidth <= innerWidth;
      });
      await narrow.open(toPage(idOf("large-parameter"), "?tab=history"));
      await narrow.page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
      await narrow.close();
    },
    LIMIT,
  );

  test(
    "ui 25: a run is copied to a new one",
    async () => {
      const { page, open } = watched;
      await open(toPage(idOf("large-parameter")));
      await page.getByRole("button", { name: "More actions on large-parameter" }).click();
      await page.getByRole("menuitem", { name: "Copy to a new run" }).click();
      await page.waitForURL(new RegExp(`/run\\?copy=${idOf("large-parameter")}`));
    },
    LIMIT,
  );

  test(
    "ui 25: what no agent has begun is cancelled at once",
    async () => {
      const { page, open, faults } = watched;
      await open(toPage(idOf("planned-for-later")));
      await button(page, "Cancel").click();
      await button(page, "Cancel the run").click();
      await page.locator(".page-head, header, main").getByText("Cancelled", { exact: true }).first().waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
