// `orch work-queue inspect`.
import { withApi } from "../api.ts";
import { showInspected } from "../details/show.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
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
    showInspected({ title: `Work queue '${queue.name}'`, record: queue, leaveOut: ["name"] }, options, io);
  },
});
