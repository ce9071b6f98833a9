// `orch flow ls`.
import { systemClock } from "#lib/clock.ts";
import { relativeTime } from "#lib/text/words-of-time.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { listFlows } from "#wire/deployments/flows.ts";
import { withApi } from "../api.ts";
import { command, LIST_OPTIONS } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { wholeNumber } from "../options/numbers.ts";
import { json } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";

const USUAL_LIMIT = 15;

export const ls = command({
  description: "List flows, newest first.",
  examples: ["orch flow ls", "orch flow ls --limit 50 --json"],
  options: {
    limit: { type: "string", description: `How many flows. Default: ${USUAL_LIMIT}.` },
    ...LIST_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const limit = wholeNumber("--limit", options.limit, 1) ?? USUAL_LIMIT;
    const flows = await withApi(loaded.settings, ({ client }) =>
      allPages((page) => client.call(listFlows, { body: { ...page, sort: "CREATED_DESC" } }), limit),
    );
    if (options.json) return io.out(json(flows));
    if (flows.length === 0) {
      return io.out("There are no flows yet. One appears with its first run: 'orch flow run FILE:FLOW'.");
    }
    const now = systemClock.now();
    const rows = flows.map(({ id, name, created }) => [name, relativeTime(toMillis(created), now), id]);
    io.out(table("Flows", ["Name", "Created", "ID"], rows, io.columns));
  },
});
