// `orch server database upgrade` and `downgrade`. Every command that opens the database brings it to the newest schema, so
// there is seldom anything to do; and a way back is only a backup.
import { openDatabase } from "#db/connect.ts";
import { inspectDatabase } from "#db/inspect.ts";
import { OrchError } from "#lib/errors.ts";
import { command } from "../kit/command.ts";
import { confirmed, YES_OPTION } from "../terminal/confirm.ts";
import { aloneInHome, existingDatabase } from "./home-database.ts";

export const upgrade = command({
  description:
    "Upgrade the database to the schema of this version of orch. Every command that uses the database does so too.",
  examples: ["orch server database upgrade", "orch server database upgrade --dry-run"],
  options: { ...YES_OPTION, "dry-run": { type: "boolean", description: "Only print what would be done." } },
  async run({ options, io, loaded }) {
    const { path } = existingDatabase(loaded.settings);
    const { schema = 0, knownSchema = 0 } = inspectDatabase(path) ?? {};
    if (schema === knownSchema) return io.out(`'${path}' has schema ${schema}, the newest.`);
    if (options["dry-run"] && schema < knownSchema) {
      return io.out(`'${path}' has schema ${schema} and would get ${knownSchema}.`);
    }
    if (schema < knownSchema) {
      const question = `Upgrade '${path}' to schema ${knownSchema}?`;
      await confirmed(io, options, question, "The database was not upgraded.");
    }
    const alone = { work: "orch server database upgrade", why: "It does not know the new schema." };
    // Throws for one that is newer than this program.
    await aloneInHome(loaded.settings, alone, () => openDatabase(path).close());
    io.out(io.paint.good(`Upgraded '${path}' from schema ${schema} to ${knownSchema}.`));
  },
});

export const downgrade = command({
  description: "Explain how to return to an older schema with a backup.",
  examples: ["orch server database downgrade"],
  options: { ...YES_OPTION },
  async run() {
    const sentence =
      "Schemas only go forward: restore a backup of the older one with 'orch server database restore FILE'.";
    throw new OrchError("invalid", sentence);
  },
});
