// `orch work-queue inspect`.
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json, page } from "../layout.ts";
import { Constructed, constructorText, USUAL_WIDTH } from "../python-text.ts";
import { POOL_OPTION, workQueueNamed } from "./named.ts";

export const inspect = command({
  description: "Show a work queue.",
  examples: ["orch work-queue inspect test", "orch work-queue inspect test --json"],
  options: {
    name: { type: "positional", required: false, description: "The queue's name, or its id." },
    ...POOL_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const queue = await withApi(loaded.settings, ({ client }) => workQueueNamed(client, options.name, options.pool));
    if (options.json) return io.out(json(queue));
    const { description, priority, filter, ...rest } = queue;
    const fields = {
      ...rest,
      description: description || null,
      priority: priority === 1 ? null : priority, // what the old client had for a default
      filter: filter && new Constructed("QueueFilter", filter),
    };
    const order = Object.fromEntries(Object.keys(queue).map((key) => [key, fields[key as keyof typeof fields]])); // its own keys
    io.out(page(constructorText("WorkQueue", order, io.isTerminal ? io.columns : USUAL_WIDTH)));
  },
});
