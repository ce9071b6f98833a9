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
        for (const look of [
          { width: 1440, scheme: "light" },
          { width: 400, scheme: "dark" },
        ] as const) {
          const watched = await worlds[world].openPage(look);
          await show(watched, worlds.data, worlds[world]);
          expect(await watched.barriers()).toEqual([]);
          const wider = await watched.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(wider).toBe(0);
          await watched.close();
        }
      },
      LIMIT,
    );
});
