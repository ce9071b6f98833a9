// `orch work-pool set-concurrency-limit` and `clear-concurrency-limit`.
import { command } from "../kit/command.ts";
import { wholeNumber } from "../options/numbers.ts";
import { CHANGE_OPTIONS, changeWorkPool } from "./change.ts";
import { NAME_OPTION } from "./named.ts";

export const setLimit = command({
  description: "Set how many runs of a work pool may execute at once, over all its queues.",
  examples: ["orch work-pool set-concurrency-limit my-pool 10"],
  options: {
    ...NAME_OPTION,
    limit: { type: "positional", required: true, description: "How many runs; with 0 none starts." },
    ...CHANGE_OPTIONS,
  },
  async run(call) {
    const limit = wholeNumber("LIMIT", call.options.limit, 0) ?? null;
    const said = `Set concurrency limit for work pool '${call.options.name}' to ${limit}`;
    await changeWorkPool(call, { concurrency_limit: limit }, said);
  },
});

export const clearLimit = command({
  description: "Let any number of a work pool's runs execute at once.",
  examples: ["orch work-pool clear-concurrency-limit my-pool"],
  options: CHANGE_OPTIONS,
  run: (call) =>
    changeWorkPool(call, { concurrency_limit: null }, `Cleared concurrency limit for work pool '${call.options.name}'`),
});
