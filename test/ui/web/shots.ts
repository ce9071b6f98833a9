// `bun run ui:shots [NAME…]`: pictures of all pages, or of those named, at 1440 and 400 pixels, light and dark, in `dist/shots`.
import { mkdirSync } from "node:fs";
import { PAGES } from "./pages.ts";
import { createWebWorld } from "./world.ts";

const FOLDER = "dist/shots";
const SIZES = [
  { width: 1440, height: 900 },
  { width: 400, height: 800 },
];

mkdirSync(FOLDER, { recursive: true });
const names = process.argv.slice(2);
const world = await createWebWorld();
try {
  for (const { width, height } of SIZES) {
    for (const scheme of ["light", "dark"] as const) {
      const { page, open, close } = await world.openPage({ width, height, scheme });
      for (const { name, path } of PAGES.filter((shown) => names.length === 0 || names.includes(shown.name))) {
        await open(path(world.data));
        await page.screenshot({ path: `${FOLDER}/${name}-${width}-${scheme}.png` });
      }
      await close();
    }
  }
} finally {
  await world.close();
}
console.log(`The pictures are in ${FOLDER}.`);
