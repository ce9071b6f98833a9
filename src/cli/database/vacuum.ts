// `orch server database vacuum`.
import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { compactDatabase } from "#db/backup.ts";
import { OrchError } from "#lib/errors.ts";
import { command } from "../command.ts";
import { sizeText } from "../output.ts";
import { existingDatabase, refuseWhileServing } from "./home-database.ts";

export const vacuum = command({
  description: "Give back the room that deleted rows have left. Cut off anywhere, the database is as before.",
  examples: ["orch server database vacuum"],
  options: {},
  async run({ io, loaded }) {
    const { path } = existingDatabase(loaded.settings);
    await refuseWhileServing(loaded.settings, "It could not write meanwhile.");
    const { size } = statSync(path);
    const { bavail, bsize } = statfsSync(dirname(path));
    // SQLite writes the whole database anew, and its log too.
    if (bavail * bsize < 2 * size) {
      const needed = `${sizeText(2 * size)} free, and there are ${sizeText(bavail * bsize)}`;
      throw new OrchError("unavailable", `To compact '${path}' needs ${needed}.`);
    }
    io.progress(`Compacting ${sizeText(size)}…`);
    try {
      const { before, after } = compactDatabase(path);
      io.progress("");
      io.out(io.paint.good(`Compacted '${path}' from ${sizeText(before)} to ${sizeText(after)}.`));
    } finally {
      io.progress("");
    }
  },
});
