// `bun run ui:shots [NAME…]`: pictures of all pages and of their special states, or of those named, at 1440 and 400 pixels, light and dark,
// in `dist/shots`.
import { mkdirSync } from "node:fs";
import { PAGES } from "./pages.ts";
import { createSpecialWorlds, SPECIAL_STATES, type SpecialState } from "./special-states.ts";

const FOLDER = "dist/shots";
const SIZES = [
  { width: 1440, height: 900 },
  { width: 400, height: 800 },
];

const pages = PAGES.map(
  ({ name, path }): SpecialState => ({ name, world: "seeded", show: ({ open }, data) => open(path(data)) }),
);
const names = process.argv.slice(2);
const wanted = [...pages, ...SPECIAL_STATES].filter(({ name }) => names.length === 0 || names.includes(name));
const unknown = names.filter((name) => wanted.every((state) => state.name !== name));

mkdirSync(FOLDER, { recursive: true });
const worlds = await createSpecialWorlds();
try {
  for (const { name, world, show } of wanted) {
    for (const { width, height } of SIZES) {
      for (const scheme of ["light", "dark"] as const) {
        const watched = await worlds[world].openPage({ width, height, scheme });
        await show(watched, worlds.data, worlds[world]);
        await watched.page.screenshot({ path: `${FOLDER}/${name}-${width}-${scheme}.png` });
        await watched.close();
      }
    }
  }
} finally {
  await worlds.close();
}
for (const name of unknown) console.log(`There is no page or state called ${name}.`);
console.log(`The pictures are in ${FOLDER}.`);
