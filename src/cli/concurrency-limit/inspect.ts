// `orch concurrency-limit inspect`.
import { withApi } from "../api.ts";
import { showInspected } from "../details/show.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { limitOfTag, TAG_OPTION } from "./named.ts";

export const inspect = command({
  description: "Show a concurrency limit and the task runs that hold its slots.",
  examples: ["orch concurrency-limit inspect database"],
  options: { ...TAG_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const limit = await withApi(loaded.settings, ({ client }) => limitOfTag(client, options.tag));
    const holders = limit.active_slots;
    const slots = { label: "Slots in use", value: `${holders.length} of ${limit.concurrency_limit}` };
    const byRun = holders.map((value) => ({ label: "Held by task run", value }));
    const leaveOut = ["tag", "concurrency_limit", "active_slots"];
    const title = `Concurrency limit of the tag '${limit.tag}'`;
    showInspected({ title, record: limit, leaveOut, first: () => [slots], more: [byRun] }, options, io);
  },
});
