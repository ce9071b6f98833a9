// What opens above the pages: each dialog, menu and form is free of serious barriers, light and dark, and of faults of the console.
import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { Seeded } from "../seed.ts";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible, type WatchedPage } from "./world.ts";

interface Opened {
  name: string;
  path: (data: Seeded) => string;
  open: (page: Page) => Promise<void>;
}

const press = (name: string | RegExp) => (page: Page) =>
  page.getByRole("button", { name, exact: true }).first().click();
const choose = (name: string) => (page: Page) => page.getByRole("menuitem", { name, exact: true }).click();
const inTurn =
  (...acts: ((page: Page) => Promise<void>)[]) =>
  async (page: Page) => {
    for (const act of acts) await act(page);
  };
const deployment = ({ deployment: id }: Seeded) => `/deployments/deployment/${id}`;
const run = ({ runs }: Seeded) => `/flow-runs/flow-run/${runs.completed}`;

const OPENED: readonly Opened[] = [
  { name: "the palette", path: () => "/flows", open: (page) => page.keyboard.press("Control+k") },
  { name: "the keys", path: () => "/flows", open: (page) => page.keyboard.press("?") },
  { name: "the zones", path: () => "/flows", open: press(/^Times are shown in/) },
  { name: "light or dark", path: () => "/flows", open: press(/^Colours,/) },
  { name: "a new variable", path: () => "/variables", open: press("New variable") },
  { name: "a new limit", path: () => "/concurrency-limits", open: press("New limit") },
  { name: "the range", path: () => "/flow-runs", open: press("Last 7 days") },
  { name: "states to filter by", path: () => "/flow-runs", open: press("State") },
  { name: "a view's name", path: () => "/flow-runs", open: inTurn(press("Views"), choose("Save this view")) },
  { name: "a state to set", path: run, open: inTurn(press("More actions on done-run"), choose("Change the state")) },
  { name: "a question before deleting", path: run, open: inTurn(press("More actions on done-run"), choose("Delete")) },
  {
    name: "the schedule",
    path: (data) => `${deployment(data)}?tab=schedule`,
    open: async (page) => {
      await press("Change the schedule")(page);
      await page.getByText(/05:00/).last().waitFor();
    },
  },
  {
    name: "an interval",
    path: (data) => `${deployment(data)}?tab=schedule`,
    open: inTurn(press("Change the schedule"), (page) => page.getByRole("dialog").getByLabel("Interval").check()),
  },
  { name: "ways to run", path: deployment, open: press("Run") },
  {
    name: "a row's menu",
    path: () => "/deployments",
    open: press("Actions on production"),
  },
  {
    name: "a form as JSON",
    path: (data) => `${deployment(data)}/run`,
    open: (page) => page.getByLabel("JSON").check(),
  },
  {
    name: "a form with faults",
    path: (data) => `${deployment(data)}/run`,
    open: async (page) => {
      await page.getByLabel("size").fill("many");
      await page.getByRole("alert").first().waitFor();
    },
  },
];

describe.skipIf(!possible)("what opens above a page", () => {
  const shared = shareWorld();
  let dark: WatchedPage | undefined;

  for (const scheme of ["light", "dark"] as const) {
    for (const { name, path, open } of OPENED) {
      test(
        `ui 29: ${name}, ${scheme}`,
        async () => {
          dark ??= await shared.world.openPage({ scheme: "dark" });
          const { page, open: goTo, barriers, faults } = scheme === "light" ? shared : dark;
          await goTo(path(shared.world.data));
          await open(page);
          await page.locator("dialog[open], :popover-open, form").first().waitFor();
          expect(await barriers()).toEqual([]);
          expect(faults()).toEqual([]);
        },
        LIMIT,
      );
    }
  }
});

function isOnScreen(element: Element): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight;
}

describe.skipIf(!possible)("ui 28: what the reader chose", () => {
  const shared = shareWorld();

  test(
    "survives a reload: theme, colours of states, zone, rows, lines that wrap",
    async () => {
      const { page, open, faults } = shared;
      await open(run(shared.world.data));
      await press("Wrap long lines")(page);
      await press(/^Colours,/)(page);
      await choose("Dark")(page);
      await press(/^Colours,/)(page);
      await choose("Colours for colour-blind readers")(page);
      await page.keyboard.press("z");
      await page.reload();
      await page.getByRole("button", { name: "Keep lines on one line" }).waitFor();
      await page.getByRole("button", { name: "UTC" }).waitFor();
      expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
      // Before the first paint, by the script of the page: its own code has not run when the document is there.
      await page.route("**/*.js", (route) => route.abort());
      await page.reload({ waitUntil: "domcontentloaded" });
      expect(await page.evaluate(() => ({ ...document.documentElement.dataset }))).toMatchObject({
        ...{ theme: "dark", palette: "distinct" },
      });
      await page.unroute("**/*.js");
      faults(); // the scripts that were held back
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "and the edge of a panel that was moved by keys stays where it is",
    async () => {
      const { page, open } = shared;
      await open("/flows");
      const edge = page.getByRole("separator", { name: "Width of the rail" });
      const before = Number(await edge.getAttribute("aria-valuenow"));
      await edge.focus();
      await page.keyboard.press("ArrowRight");
      await page.locator(`[role=separator][aria-valuenow="${before + 16}"]`).waitFor();
      await page.reload();
      await page.locator(`[role=separator][aria-valuenow="${before + 16}"]`).waitFor();
    },
    LIMIT,
  );

  test(
    "a card at a dot, and a menu at the edge, stay on the screen",
    async () => {
      const { page, open } = shared;
      await open("/flow-runs?range=2h");
      const chart = page.getByRole("img", { name: /runs by their start/ });
      // The newest runs lie at the right edge: from there to the left, until a card shows. It is drawn in the frame after the move.
      const card = page.locator(".hover-card");
      const isAt = async (right: number, down: number) => {
        const { x, y, width, height } = (await chart.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
        if (down >= height) return false;
        await page.mouse.move(x + width - right, y + down);
        await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
        return (await card.count()) > 0;
      };
      const places = Array.from({ length: 30 }, (_, column) => 9 + 6 * column).flatMap((right) =>
        Array.from({ length: 20 }, (_, row) => [right, 4 + 9 * row]),
      );
      for (const [right = 0, down = 0] of places) if (await isAt(right, down)) break;
      expect(await card.evaluate(isOnScreen)).toBe(true);
      await press(/^Colours,/)(page);
      expect(await page.locator(".menu:popover-open").evaluate(isOnScreen)).toBe(true);
    },
    LIMIT,
  );
});
