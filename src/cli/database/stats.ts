// `orch server database stats`.
import { type DatabaseStatistics, databaseStatistics } from "#db/statistics.ts";
import { systemClock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json } from "../layout.ts";
import { recordTable, sizeText, table } from "../output.ts";
import { withProgress } from "../progress.ts";
import { existingDatabase } from "./home-database.ts";

export const stats = command({
  description: "Show what lies in the database: rows and bytes of each table, the oldest and the newest run.",
  examples: ["orch server database stats", "orch server database stats --json"],
  options: { ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const { path, keyPath } = existingDatabase(loaded.settings);
    const found = await withProgress(io, systemClock, async (show) => {
      try {
        return databaseStatistics(path, (name) => show(() => `Counting '${name}'…`));
      } catch (cause) {
        const sentence = `'${path}' cannot be read: ${messageOf(cause)}. 'orch doctor' says more.`;
        throw new OrchError("conflict", sentence, { cause });
      }
    });
    if (options.json) return io.out(json({ path, key_path: keyPath, ...inSnakeCase(found) }));
    const rows = found.tables.map(({ name, rows, bytes }) => [name, String(rows), sizeText(bytes)]);
    io.out(table("Tables", ["Table", "Rows", "Size"], rows, io.columns));
    const size: [string, string][] = [
      ["Database", path],
      ["Size", sizeText(found.bytes)],
      ["Not in the file yet (log)", sizeText(found.walBytes)],
      ["Free, for 'vacuum' to give back", sizeText(found.freeBytes)],
      ["Schema", String(found.schema)],
      ["Key of the blocks", keyPath],
    ];
    const runs: [string, string][] = [
      ["Oldest flow run", found.oldestFlowRun ?? "none"],
      ["Newest flow run", found.newestFlowRun ?? "none"],
    ];
    io.out(recordTable("Database", [size, runs], io.columns));
  },
});

function inSnakeCase({ walBytes, freeBytes, oldestFlowRun, newestFlowRun, ...same }: DatabaseStatistics) {
  return {
    ...same,
    ...{ wal_bytes: walBytes, free_bytes: freeBytes },
    ...{ oldest_flow_run: oldestFlowRun, newest_flow_run: newestFlowRun },
  };
}
