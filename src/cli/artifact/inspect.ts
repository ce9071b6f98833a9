// `orch artifact inspect`.
import { systemClock } from "#lib/clock.ts";
import { parseJson } from "#lib/json.ts";
import { type Artifact, listArtifacts } from "#wire/artifacts.ts";
import { withApi } from "../api.ts";
import { details } from "../details/draw.ts";
import { fieldsOf } from "../details/fields.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { wholeNumber } from "../options/numbers.ts";
import { json, NO_LIMIT } from "../terminal/layout.ts";
import { noArtifact } from "./missing.ts";

const USUAL_LIMIT = 10;

export const inspect = command({
  description: "Show the artifacts of a key, newest first.",
  examples: ["orch artifact inspect report", "orch artifact inspect report --limit 1 --json"],
  options: {
    key: { type: "positional", required: true, description: "The key." },
    limit: { type: "string", description: `How many. Default: ${USUAL_LIMIT}.` },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const limit = wholeNumber("--limit", options.limit, 1) ?? USUAL_LIMIT;
    const artifacts = { key: { any_: [options.key] } };
    const found = await withApi(loaded.settings, async ({ client }) => {
      const sort = "UPDATED_DESC" as const;
      const all = await allPages((page) => client.call(listArtifacts, { body: { ...page, artifacts, sort } }), limit);
      if (all.length === 0) throw await noArtifact(client, options.key);
      return all;
    });
    if (options.json) return io.out(json(found));
    const now = systemClock.now();
    const groups = found.map((artifact) => fieldsOf(withRows(artifact), { now, leaveOut: ["key"] }));
    io.out(details(`Artifact '${options.key}'`, groups, io.isTerminal ? io.columns : NO_LIMIT));
  },
});

/** The rows of a table are kept as JSON. */
function withRows(artifact: Artifact): Omit<Artifact, "data"> & { data: unknown } {
  if (artifact.type !== "table" || typeof artifact.data !== "string") return artifact;
  try {
    return { ...artifact, data: parseJson(artifact.data) };
  } catch {
    return artifact; // a program wrote what it liked
  }
}
