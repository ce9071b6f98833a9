// `orch concurrency-limit ls`.
import { listConcurrencyLimits } from "#wire/pools/concurrency-limits.ts";
import { withApi } from "../api.ts";
import { command, LIST_OPTIONS } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { wholeNumber } from "../options/numbers.ts";
import { json } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";

const USUAL_LIMIT = 15;
const CAPTION = "inspect a concurrency limit to show active task run IDs";

export const ls = command({
  description: "List concurrency limits, last changed first.",
  examples: ["orch concurrency-limit ls", "orch concurrency-limit ls --limit 50 --json"],
  options: {
    limit: { type: "string", description: `How many. Default: ${USUAL_LIMIT}.` },
    offset: { type: "string", description: "How many to skip. Default: 0." },
    ...LIST_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const most = wholeNumber("--limit", options.limit, 1) ?? USUAL_LIMIT;
    const skipped = wholeNumber("--offset", options.offset, 0) ?? 0;
    const limits = await withApi(loaded.settings, ({ client }) =>
      allPages(
        ({ limit, offset }) => client.call(listConcurrencyLimits, { body: { limit, offset: offset + skipped } }),
        most,
      ),
    );
    const sorted = limits.toSorted((a, b) => (a.updated < b.updated ? 1 : -1));
    if (options.json) return io.out(json(sorted));
    if (sorted.length === 0) {
      return io.out("There are no concurrency limits. 'orch concurrency-limit create TAG LIMIT' makes one.");
    }
    const rows = sorted.map(({ tag, id, concurrency_limit, active_slots }) => [
      ...[tag, id, String(concurrency_limit), String(active_slots.length)],
    ]);
    const head = ["Tag", "ID", "Concurrency Limit", "Active Task Runs"];
    io.out(table("Concurrency Limits", head, rows, io.columns, CAPTION));
  },
});
