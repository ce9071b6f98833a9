// `orch concurrency-limit create`.
import { createConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { checkNewTag } from "../options/new-name.ts";
import { wholeNumber } from "../options/numbers.ts";
import { json } from "../terminal/layout.ts";
import { TAG_OPTION } from "./named.ts";

export const create = command({
  description: "Set or change how many task runs with a tag run at the same time.",
  examples: ["orch concurrency-limit create database 5"],
  options: {
    ...TAG_OPTION,
    limit: { type: "positional", required: true, description: "How many task runs; with 0 none starts." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { tag } = options;
    checkNewTag(tag);
    const concurrency_limit = wholeNumber("LIMIT", options.limit, 0) ?? 0;
    const limit = await withApi(loaded.settings, ({ client }) =>
      client.call(createConcurrencyLimit, { body: { tag, concurrency_limit } }),
    );
    if (options.json) return io.out(json(limit));
    io.out("Created concurrency limit with properties:");
    io.out(`    tag - '${tag}'`);
    io.out(`    concurrency_limit - ${concurrency_limit}`);
    io.out("");
    io.out("Delete the concurrency limit:");
    io.out(`    orch concurrency-limit delete '${tag}'`);
    io.out("");
    io.out("Inspect the concurrency limit:");
    io.out(`    orch concurrency-limit inspect '${tag}'`);
  },
});
