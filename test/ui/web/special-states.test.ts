// Special states of pages, light and dark, wide and narrow: nothing hinders a reader, least of all contrast; nothing is wider than the screen.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LIMIT } from "./shared.ts";
import { createSpecialWorlds, SPECIAL_STATES, type SpecialWorlds } from "./special-states.ts";
import { possible } from "./world.ts";

describe.skipIf(!possible)("a special state", () => {
  let worlds: SpecialWorlds;
  beforeAll(async () => {
    if (possible) worlds = await createSpecialWorlds();
  }, LIMIT);
  afterAll(() => worlds?.close());

  for (const { name, world, show } of SPECIAL_STATES)
    test(
      `${name} can be read, light and dark`,
      async () => {
        const watched = await worlds[world].openPage({ width: 1440, scheme: "light" });
        const { page } = watched;
        await show(watched, worlds.data, worlds[world]);
        for (const [width, colorScheme] of [[1440, "light"] as const, [400, "dark"] as const]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 900 });
          await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
          expect(await watched.barriers()).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
        }
        await watched.close();
      },
      LIMIT,
    );
});
