// `orch concurrency-limit inspect`.

import { systemClock } from "#lib/clock.ts";
import { toMillis } from "#lib/timestamps.ts";
import { relativeTime } from "#lib/words-of-time.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json } from "../layout.ts";
import { table } from "../output.ts";
import { limitOfTag, TAG_OPTION } from "./named.ts";

export const inspect = command({
  description: "Show a concurrency limit and the task runs that hold its slots.",
  examples: ["orch concurrency-limit inspect database"],
  options: { ...TAG_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const limit = await withApi(loaded.settings, ({ client }) => limitOfTag(client, options.tag));
    if (options.json) return io.out(json(limit));
    const now = systemClock.now();
    const when = (timestamp: string) => relativeTime(toMillis(timestamp), now);
    const row = [limit.tag, String(limit.concurrency_limit), when(limit.created), when(limit.updated)];
    const head = ["Tag", "Concurrency Limit", "Created", "Updated"];
    io.out(table(`Concurrency Limit ID: ${limit.id}`, head, [row], io.columns));
    const slots = limit.active_slots.map((id) => [id]);
    io.out(table("", ["Active Task Run IDs"], slots, io.columns));
  },
});
