// Long names are read whole at 400 pixels: in the heads of pages, and in lists by what a press on their row shows.
import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible, settled } from "./world.ts";

const NAMES = {
  "without spaces": "a_long_name_that_goes_on_".repeat(6),
  "Chinese and Japanese": "每晚生成的财务报告とても長い名前".repeat(6),
  emoji: "👩🏽‍💻🚀🇩🇪👨‍👩‍👧‍👦".repeat(20),
  "from right to left": "دفق-طويل الاسم جدا ".repeat(9).trim(),
};

/** Enough to find it by. */
const beginOf = (name: string) => [...name].slice(0, 20).join("");

/** Texts within these elements that are not seen whole: cut by a box around them, or outside of the screen. */
function cutWithin(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).evaluateAll((roots) =>
    roots.flatMap((root) => {
      const found: string[] = [];
      const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(text);
        const own = range.getBoundingClientRect();
        const parent = text.parentElement;
        if (own.width === 0 || !parent || parent.closest(".hidden-label, code, pre")) continue;
        let isCut = own.left < -1 || own.right > innerWidth + 1;
        for (let box: Element | null = parent; box && box !== root.parentElement; box = box.parentElement) {
          const { overflowX, overflowY } = getComputedStyle(box);
          const outer = box.getBoundingClientRect();
          if (overflowX !== "visible" && (own.right > outer.right + 1 || own.left < outer.left - 1)) isCut = true;
          if (overflowY === "hidden" && own.bottom > outer.bottom + 2) isCut = true;
        }
        if (isCut) found.push(text.textContent ?? "");
      }
      return found;
    }),
  );
}

/** How far the page can be moved to the side: nothing of it lies there. */
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

describe.skipIf(!possible)("a long name", () => {
  const shared = shareWorld();

  for (const [kind, name] of Object.entries(NAMES)) {
    test(
      `${kind} is read whole`,
      async () => {
        const { world } = shared;
        const { send } = world;
        const flow = (await send("POST", "/flows/", { name, tags: [name] })).id;
        const queued = { name: `pool ${name}`, type: "process" };
        await send("POST", "/work_pools/", queued);
        const pool = encodeURIComponent(queued.name);
        await send("POST", `/work_pools/${pool}/queues`, { name });
        const limit = (await send("POST", "/concurrency_limits/", { tag: name, concurrency_limit: 2 })).id;
        const made = { flow_id: flow, name, tags: ["first", "second", name], entrypoint: "f.py:x", path: "/code" };
        const deployment = (await send("POST", "/deployments/", { ...made, work_pool_name: queued.name })).id;
        const state = { type: "FAILED", name: `State ${name}`, message: name };
        const ran = { flow_id: flow, deployment_id: deployment, name, tags: ["first", "second", "third", name], state };
        const run = (await send("POST", "/flow_runs/", ran)).id;
        const { page, open, faults, close } = await world.openPage({ width: 400 });

        for (const [path, title] of [
          [`/flows/flow/${flow}`, name],
          [`/deployments/deployment/${deployment}`, name],
          [`/flow-runs/flow-run/${run}`, name],
          [`/work-pools/work-pool/${pool}`, queued.name],
          [`/work-pools/work-pool/${pool}/queue/${encodeURIComponent(name)}`, name],
          [`/concurrency-limits/concurrency-limit/${limit}`, name],
        ] as const) {
          await open(path);
          await page.locator("h1").getByText(title, { exact: true }).last().waitFor();
          expect({ path, cut: await cutWithin(page, ".page-head") }).toEqual({ path, cut: [] });
          expect({ path, sideways: await sideways(page) }).toEqual({ path, sideways: 0 });
        }

        for (const [path, wanted] of [
          [`/flow-runs?range=all&flow=${flow}`, [name, "third"]],
          ["/flows?sort=CREATED_DESC", [name]],
          [`/deployments?search=${encodeURIComponent(beginOf(name))}`, [name, "second"]],
          ["/work-pools", [queued.name]],
          ["/concurrency-limits", [name]],
        ] as const) {
          await open(path);
          const row = page
            .locator("tbody tr.row")
            .filter({ hasText: beginOf(name) })
            .first();
          await row.press(" ");
          const peek = page.locator(".peek");
          for (const text of wanted)
            await peek.getByText(text, { exact: true }).locator("visible=true").first().waitFor();
          await settled(page);
          expect({ path, cut: await cutWithin(page, ".peek") }).toEqual({ path, cut: [] });
          expect({ path, sideways: await sideways(page) }).toEqual({ path, sideways: 0 });
        }
        expect(faults()).toEqual([]);
        await close();
      },
      2 * LIMIT,
    );
  }

  test(
    "is in few lines below its long crumbs on a wide screen",
    async () => {
      const { world } = shared;
      const name = `wide_${NAMES["without spaces"]}`;
      const flow_id = (await world.send("POST", "/flows/", { name })).id;
      const made = { flow_id, name, entrypoint: "f.py:x", path: "/code" };
      const deployment_id = (await world.send("POST", "/deployments/", made)).id;
      const run = (await world.send("POST", "/flow_runs/", { flow_id, deployment_id, name })).id;
      const { page, open, close } = await world.openPage();
      await open(`/flow-runs/flow-run/${run}`);
      const title = await page.locator("h1 > :last-child").boundingBox();
      const crumb = await page.locator("h1 .crumb").last().boundingBox();
      expect(title?.height).toBeLessThan(3 * 28);
      expect(title?.y).toBeGreaterThan(crumb?.y ?? 0);
      expect(await sideways(page)).toBe(0);
      await close();
    },
    LIMIT,
  );

  test(
    "of a command goes on in the next line, and its options are not taken apart",
    async () => {
      const { page, open, close } = await shared.world.openPage({ width: 400 });
      await open(`/work-pools/work-pool/cluster/queue/urgent`);
      const code = page.locator(".command code").filter({ hasText: "--pool" }).first();
      await code.waitFor();
      for (const width of [400, 360, 320, 280]) {
        await page.setViewportSize({ width, height: 800 });
        expect(
          await code.locator(".nowrap").evaluateAll((all) => all.map((one) => one.getClientRects().length)),
        ).not.toContain(2);
        expect(await code.textContent()).toMatch(/^orch agent start .*--pool .*cluster/);
      }
      await close();
    },
    LIMIT,
  );

  test(
    "is read whole in the palette, in a filter and in a dialog",
    async () => {
      const { world } = shared;
      const name = NAMES["without spaces"];
      const { page, open, close } = await world.openPage({ width: 400 });
      await open("/flow-runs");
      await page.getByRole("button", { name: "Flow", exact: true }).click();
      await page
        .getByRole("checkbox", { name: beginOf(name) })
        .first()
        .waitFor();
      expect(await cutWithin(page, ".menu:popover-open")).toEqual([]);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill(beginOf(name));
      await page
        .getByRole("option")
        .filter({ hasText: beginOf(name) })
        .first()
        .waitFor();
      expect(await cutWithin(page, ".palette .option")).toEqual([]);
      await page.keyboard.press("Escape");
      await open("/concurrency-limits");
      await page.getByRole("button", { name: `Actions on ${name}` }).click();
      await page.getByRole("menuitem", { name: "Delete" }).first().click();
      await page.getByRole("dialog").waitFor();
      expect(await cutWithin(page, "dialog[open]")).toEqual([]);
      await close();
    },
    LIMIT,
  );
});
