// `orch work-pool preview`.
import { getPoolRuns, type WorkPool } from "#wire/pools/work-pools.ts";
import { withApi } from "../api.ts";
import { withNames } from "../flow-run/listing.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { workPoolNamed } from "./named.ts";
import { HOURS_OPTION, ONLY_LOOKING, previewEnd, printPreview } from "./scheduled-work.ts";

export const preview = command({
  description: "Show the runs that agents will get from a work pool, of all its queues.",
  examples: ["orch work-pool preview my-pool --hours 24"],
  options: {
    name: { type: "positional", required: false, description: "The pool's name." },
    ...HOURS_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const scheduled_before = previewEnd(options.hours);
    const { pool, queued, runs } = await withApi(loaded.settings, async ({ client }) => {
      const pool = await workPoolNamed(client, options.name);
      const asked = { params: { name: pool.name }, body: { scheduled_before } };
      const found = await client.call(getPoolRuns, asked, ONLY_LOOKING);
      const queued = found.map(({ flow_run }) => flow_run);
      return { pool, queued, runs: options.json ? [] : await withNames(client, queued) };
    });
    if (options.json) return io.out(json(queued));
    printPreview(io, `Preview of Work Pool '${pool.name}'`, runs, closedBecause(pool));
  },
});

function closedBecause({ name, is_paused, concurrency_limit }: WorkPool): string | undefined {
  if (is_paused) return `work pool '${name}' is paused: 'orch work-pool resume ${name}'`;
  if (concurrency_limit === 0) {
    return `work pool '${name}' has a concurrency limit of 0: 'orch work-pool clear-concurrency-limit ${name}'`;
  }
  return undefined;
}
