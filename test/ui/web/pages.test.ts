// Every page of the web UI: its words are there, nothing fails, no other host is asked, and axe-core finds no serious barrier.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PAGES } from "./pages.ts";
import { createWebWorld, possible, type WatchedPage, type WebWorld } from "./world.ts";

let world: WebWorld;
const shown: Partial<Record<"light" | "dark", WatchedPage>> = {};
beforeAll(async () => {
  if (!possible) return;
  world = await createWebWorld();
  for (const scheme of ["light", "dark"] as const) shown[scheme] = await world.openPage({ scheme });
});
afterAll(() => world?.close());

for (const scheme of ["light", "dark"] as const) {
  describe.skipIf(!possible)(scheme, () => {
    for (const { name, path, texts } of PAGES) {
      test(`the page ${name} shows ${texts.join(", ")}`, async () => {
        const { page, open, faults, barriers } = shown[scheme] as WatchedPage; // opened above
        await open(path(world.data));
        for (const text of texts) await page.getByText(text).locator("visible=true").first().waitFor();
        expect(await barriers()).toEqual([]);
        expect(faults()).toEqual([]);
      }, 60_000);
    }
  });
}
