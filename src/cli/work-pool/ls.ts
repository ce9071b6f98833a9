// `orch work-pool ls`.
import { listWorkPools } from "#wire/pools/work-pools.ts";
import { withApi } from "../api.ts";
import { inline } from "../details/draw.ts";
import { command, LIST_OPTIONS } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { json } from "../terminal/layout.ts";
import { newestFirst, withPauseMark } from "../terminal/marks.ts";
import { table } from "../terminal/output.ts";

export const ls = command({
  description: "List work pools, newest first.",
  examples: ["orch work-pool ls", "orch work-pool ls --json"],
  options: {
    verbose: { type: "boolean", alias: "v", description: "Show their base job templates too." },
    ...LIST_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const pools = newestFirst(
      await withApi(loaded.settings, ({ client }) => allPages((page) => client.call(listWorkPools, { body: page }))),
    );
    if (options.json) return io.out(json(pools));
    if (pools.length === 0) return io.out("There are no work pools yet. Make one with 'orch work-pool create NAME'.");
    const head = ["Name", "Type", "ID", "Concurrency Limit", ...(options.verbose ? ["Base Job Template"] : [])];
    const rows = pools.map((pool) => [
      ...[withPauseMark(pool), pool.type, pool.id, String(pool.concurrency_limit ?? "none")],
      ...(options.verbose ? [inline(pool.base_job_template)] : []),
    ]);
    io.out(table("Work Pools", head, rows, io.columns, "(**) denotes a paused pool"));
  },
});
