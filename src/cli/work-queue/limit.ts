// `orch work-queue set-concurrency-limit` and `clear-concurrency-limit`.
import { command } from "../kit/command.ts";
import { wholeNumber } from "../options/numbers.ts";
import { CHANGE_OPTIONS, changeWorkQueue } from "./change.ts";
import { NAME_OPTION } from "./named.ts";

export const setLimit = command({
  description: "Limit how many runs of a work queue execute at the same time.",
  examples: ["orch work-queue set-concurrency-limit test 4"],
  options: {
    ...NAME_OPTION,
    limit: { type: "positional", required: true, description: "How many runs; with 0 none starts." },
    ...CHANGE_OPTIONS,
  },
  async run(call) {
    const limit = wholeNumber("LIMIT", call.options.limit, 0) ?? null;
    const said = `Concurrency limit of ${limit} set on work queue '${call.options.name}'POOL`;
    await changeWorkQueue(call, { concurrency_limit: limit }, said);
  },
});

export const clearLimit = command({
  description: "Remove the concurrency limit of a work queue.",
  examples: ["orch work-queue clear-concurrency-limit test"],
  options: CHANGE_OPTIONS,
  run: (call) =>
    changeWorkQueue(
      call,
      { concurrency_limit: null },
      `Concurrency limits removed on work queue '${call.options.name}'POOL`,
    ),
});
