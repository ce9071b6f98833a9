// `orch concurrency-limit delete` and `reset`.
import { deleteConcurrencyLimitByTag, resetConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { limitOfTag, TAG_OPTION } from "./named.ts";

export const remove = command({
  description: "Delete the concurrency limit of a tag.",
  examples: ["orch concurrency-limit delete database"],
  options: { ...TAG_OPTION, ...YES_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const { tag } = options;
    await withApi(loaded.settings, async ({ client }) => {
      const limit = await limitOfTag(client, tag);
      await confirmDeletion(io, options, `the concurrency limit of tag '${tag}'`);
      await client.call(deleteConcurrencyLimitByTag, { params: { tag } });
      if (options.json) return io.out(json(limit));
      io.out(io.paint.good(`Deleted concurrency limit set on the tag: ${tag}`));
    });
  },
});

export const reset = command({
  description: "Release all slots of a concurrency limit, including those of task runs that are still running.",
  examples: ["orch concurrency-limit reset database"],
  options: { ...TAG_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const { tag } = options;
    await withApi(loaded.settings, async ({ client }) => {
      await limitOfTag(client, tag);
      await client.call(resetConcurrencyLimit, { params: { tag }, body: {} });
      if (options.json) return io.out(json(await limitOfTag(client, tag)));
      io.out(io.paint.good(`Reset concurrency limit set on the tag: ${tag}`));
    });
  },
});
