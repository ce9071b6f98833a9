// `orch server database vacuum`.
import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { command } from "../kit/command.ts";
import { sizeText } from "../terminal/output.ts";
import { aloneInHome, existingDatabase } from "./home-database.ts";
import { performed } from "./work.ts";

export const vacuum = command({
  description: "Reclaim disk space used by deleted rows. If it is interrupted, the database is unchanged.",
  examples: ["orch server database vacuum"],
  options: {},
  async run({ io, loaded }) {
    const { path } = existingDatabase(loaded.settings);
    const alone = { work: "orch server database vacuum", why: "It could not write meanwhile." };
    await aloneInHome(loaded.settings, alone, async () => {
      const { size } = statSync(path);
      const { bavail, bsize } = statfsSync(dirname(path));
      // SQLite writes the whole database again, and its log too.
      if (bavail * bsize < 2 * size) {
        const needed = `${sizeText(2 * size)} free, and there are ${sizeText(bavail * bsize)}`;
        throw new OrchError("unavailable", `To compact '${path}' needs ${needed}.`);
      }
      await performed({ kind: "vacuum", path }, io, { clock: systemClock });
      io.out(io.paint.good(`Compacted '${path}' from ${sizeText(size)} to ${sizeText(statSync(path).size)}.`));
    });
  },
});
