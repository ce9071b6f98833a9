// `orch work-pool ls`.
import { listWorkPools } from "#wire/work-pools.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { inline } from "../details/draw.ts";
import { json } from "../layout.ts";
import { newestFirst, withPauseMark } from "../marks.ts";
import { table } from "../output.ts";
import { allPages } from "../pages.ts";

export const ls = command({
  description: "List work pools, newest first.",
  examples: ["orch work-pool ls", "orch work-pool ls --json"],
  options: {
    verbose: { type: "boolean", alias: "v", description: "Show their base job templates too." },
    ...JSON_OPTION,
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
