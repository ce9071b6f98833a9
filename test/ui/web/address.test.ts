// Every filter, tab and way of sorting of every page is in the address, and Back restores what was there; and every control that
// is shown does something.
import { describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { PAGES } from "./pages.ts";
import { expectSoon, LIMIT, shareWorld } from "./shared.ts";
import { possible, settled } from "./world.ts";

/** Lists and details, each once: without the tabs that `PAGES` has besides. */
const PATHS = PAGES.filter(({ name, path }) => name !== "not-found" && !path.toString().includes("?tab="));

/** What the page shows, without times that go on. */
async function shownBy(page: Page): Promise<string> {
  await settled(page);
  return page.locator("main").evaluate((main) => {
    const copy = main.cloneNode(true) as HTMLElement;
    for (const element of copy.querySelectorAll("time, canvas, .small, .menu")) element.remove();
    return (copy.textContent ?? "").replace(/(\d+ (ms|s|min|h) ?)+/g, "");
  });
}

/** Does it, and expects another address, and by Back the one before with what it showed. */
async function isInAddress(page: Page, what: string, act: () => Promise<void>): Promise<void> {
  const [address, shown] = [page.url(), await shownBy(page)];
  await act();
  await page.waitForURL((now) => now.href !== address);
  await page.goBack();
  await page.waitForURL(address);
  await expectSoon(async () => [what, await shownBy(page)], [what, shown]);
}

async function each(all: Locator, act: (one: Locator, name: string) => Promise<void>): Promise<void> {
  for (let index = 0; index < (await all.count()); index += 1) {
    const one = all.nth(index);
    await act(one, (await one.textContent())?.trim() ?? "");
  }
}

/** Their effect depends on where the reader is, or is a file: they have tests with the log and the timeline. */
const ELSEWHERE = ["To the top", "To the bottom", "Show all", "Full screen", "openapi.json"];

/** All that a press can change: address, document, drawing, and what floats; false while that is `before`. */
function look(before?: string): string | false {
  const copy = document.body.cloneNode(true) as HTMLElement;
  for (const element of copy.querySelectorAll("time, .live")) element.remove();
  const drawings = [...document.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL());
  const floating = document.querySelectorAll(":popover-open, dialog[open]").length;
  const now = [location.href, copy.innerHTML, ...drawings, floating].join();
  return now !== before && now;
}

const PATIENCE = { timeout: 10_000, polling: 50 };

/** Goes there as a link does. Where that is another path, the title of the page that is left is marked. */
function follow(href: string): void {
  const title = document.querySelector<HTMLElement>("main h1");
  if (title && new URL(href).pathname !== location.pathname) title.dataset["before"] = "";
  const link = document.createElement("a");
  link.href = href;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Each tab, way of sorting, filter and the search of the page that is open. */
async function chooseEverything(page: Page): Promise<void> {
  await each(page.locator('main [role="tab"][aria-selected="false"]'), (tab, title) =>
    isInAddress(page, `tab ${title}`, () => tab.click()),
  );
  await each(page.locator("main thead button"), (head, title) =>
    isInAddress(page, `sorted by ${title}`, () => head.click()),
  );
  await each(page.locator("main search .button:has(svg.lucide-chevron-down)"), async (filter, title) => {
    await filter.click();
    const option = page.locator(".menu:popover-open :is(input[type=checkbox], input[type=radio], a)").first();
    const note = page.locator(".menu:popover-open .note");
    await option.or(note).first().waitFor();
    if ((await note.count()) === 0) await isInAddress(page, `filter ${title}`, () => option.click());
    await page.keyboard.press("Escape");
  });
  const search = page.locator("main search input[type=search]").first();
  if ((await search.count()) === 0) return;
  await search.fill("zzz");
  await page.waitForURL(/zzz/);
  const shown = await shownBy(page);
  await page.reload();
  await settled(page);
  expect(await search.inputValue()).toBe("zzz");
  await expectSoon(() => shownBy(page), shown);
}

describe.skipIf(!possible)("what is shown", () => {
  const shared = shareWorld();
  const pressed = new Set<string>();
  const links = new Map<string, string>();

  /** Each button that no page before had. */
  async function pressEverything(address: string): Promise<void> {
    const { page, open } = shared;
    const buttons = page.locator("main button:not([type=submit], thead button):enabled");
    const titles = await buttons.evaluateAll((all) =>
      all.map((button) => `${button.getAttribute("aria-label") ?? button.textContent}`.trim()),
    );
    for (const title of titles) {
      if (pressed.has(title) || ELSEWHERE.includes(title)) continue;
      pressed.add(title);
      const before = (await page.evaluate(look, undefined)) || "";
      const named = { name: title, exact: true };
      const main = page.locator("main");
      await main.getByRole("button", named).or(main.getByRole("switch", named)).first().click();
      const seen = page.waitForFunction(look, before, PATIENCE).then(() => "changes", String);
      expect([title, await seen]).toEqual([title, "changes"]);
      await page.keyboard.press("Escape");
      if (await page.evaluate(look, before)) await open(address);
    }
  }

  for (const { name, path } of PATHS) {
    test(
      `ui 9, 10: on the page ${name} is in the address and restored by Back, and each button does something`,
      async () => {
        const { page, open, faults } = shared;
        const address = path(shared.world.data);
        await open(address);
        for (const href of await page
          .locator("a")
          .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href))) {
          links.set(href.replace(/[0-9a-f-]{36}/g, "ID").replace(/=[^&]*/g, "="), href);
        }
        await chooseEverything(page);
        expect(faults()).toEqual([]);
        if (page.url() !== shared.world.url + address) await open(address);
        await pressEverything(address);
        faults(); // of buttons that make calls which the seeded server refuses
      },
      2 * LIMIT,
    );
  }

  test(
    "each link leads to a page",
    async () => {
      const { page, faults } = shared;
      faults();
      expect(links.size).toBeGreaterThan(30);
      await shared.open("/nowhere");
      for (const href of links.values()) {
        await page.evaluate(follow, href);
        // Of another path the title is another element: the page before stays drawn while the next one loads.
        const isThere = page.waitForFunction(() => {
          const title = document.querySelector<HTMLElement>("main h1:not([data-before])");
          return title && !title.textContent?.includes("Not found") && document.querySelector(".skeleton") === null;
        });
        await isThere.catch((error) => expect([href, String(error)]).toEqual([href, "a page"]));
      }
      expect(faults()).toEqual([]);
    },
    3 * LIMIT, // some sixty pages
  );
});
