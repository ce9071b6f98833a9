// `orch server database stats`.
import { type DatabaseStatistics, databaseStatistics } from "#db/statistics.ts";
import { systemClock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { details } from "../details/draw.ts";
import { momentText } from "../details/fields.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { sizeText, table } from "../terminal/output.ts";
import { withProgress } from "../terminal/progress.ts";
import { existingDatabase } from "./home-database.ts";

export const stats = command({
  description: "Show rows and bytes of each table of the database, and its oldest and newest run.",
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
    const [counts, sizes] = [
      rightAligned(found.tables.map(({ rows }) => String(rows))),
      rightAligned(found.tables.map(({ bytes }) => sizeText(bytes))),
    ];
    const rows = found.tables.map(({ name }, at) => [name, counts[at] ?? "", sizes[at] ?? ""]);
    io.out(table("Tables", ["Table", "Rows", "Size"], rows, io.columns));
    const size = [
      { label: "File", value: path },
      { label: "Size", value: sizeText(found.bytes) },
      { label: "Write-ahead log", value: sizeText(found.walBytes) },
      { label: "Reclaimable by 'vacuum'", value: sizeText(found.freeBytes) },
      { label: "Schema", value: found.schema },
      { label: "Encryption key of blocks", value: keyPath },
    ];
    const now = systemClock.now();
    const moment = (time: string | null) => (time === null ? "none" : momentText(time, now));
    const runs = [
      { label: "Oldest flow run", value: moment(found.oldestFlowRun) },
      { label: "Newest flow run", value: moment(found.newestFlowRun) },
    ];
    io.out(details("Database", [size, runs], io.columns));
  },
});

function rightAligned(texts: readonly string[]): string[] {
  const longest = Math.max(...texts.map((text) => text.length));
  return texts.map((text) => text.padStart(longest));
}

function inSnakeCase({ walBytes, freeBytes, oldestFlowRun, newestFlowRun, ...same }: DatabaseStatistics) {
  return {
    ...same,
    ...{ wal_bytes: walBytes, free_bytes: freeBytes },
    ...{ oldest_flow_run: oldestFlowRun, newest_flow_run: newestFlowRun },
  };
}
