// `orch artifact ls`.

import { systemClock } from "#lib/clock.ts";
import { relativeTime } from "#lib/text/words-of-time.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { listArtifacts, listLatestArtifacts } from "#wire/artifacts.ts";
import { withApi } from "../api.ts";
import { command, LIST_OPTIONS } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { wholeNumber } from "../options/numbers.ts";
import { json } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";

const USUAL_LIMIT = 100;

export const ls = command({
  description: "List artifacts by key: the latest of each, or all.",
  examples: ["orch artifact ls", "orch artifact ls --all --json"],
  options: {
    limit: { type: "string", description: `How many. Default: ${USUAL_LIMIT}.` },
    all: { type: "boolean", alias: "a", description: "All artifacts, not only the latest of each key." },
    ...LIST_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const limit = wholeNumber("--limit", options.limit, 1) ?? USUAL_LIMIT;
    const artifacts = await withApi(loaded.settings, ({ client }) =>
      options.all
        ? allPages((page) => client.call(listArtifacts, { body: { ...page, sort: "KEY_ASC" } }), limit)
        : allPages((page) => client.call(listLatestArtifacts, { body: { ...page, sort: "KEY_ASC" } }), limit),
    );
    if (options.json) return io.out(json(artifacts));
    if (artifacts.length === 0) {
      return io.out("There are no artifacts yet. Flows make them, with createMarkdownArtifact and its like.");
    }
    const now = systemClock.now();
    const rows = artifacts.map((artifact) => [
      ...["latest_id" in artifact ? String(artifact.latest_id) : artifact.id, artifact.key ?? "", artifact.type ?? ""],
      relativeTime(toMillis(artifact.updated), now),
    ]);
    io.out(table("Artifacts", ["ID", "Key", "Type", "Updated"], rows, io.columns));
  },
});
