// `orch flow-run logs`.
import { withApi } from "../api.ts";
import { command } from "../command.ts";
import { LOG_OPTIONS, mostLines, printLines } from "../logs.ts";
import { checkedRunId, flowRunWithId } from "./named.ts";

export const logs = command({
  description: "Print the log of a flow run.",
  examples: [
    "orch flow-run logs 01a20946-350f-70f8-ab27-c804bdef8934",
    "orch flow-run logs 01a20946-350f-70f8-ab27-c804bdef8934 --head --num-logs 50",
  ],
  options: { id: { type: "positional", required: true, description: "The run's id." }, ...LOG_OPTIONS },
  async run({ options, io, loaded }) {
    const id = checkedRunId(options.id);
    mostLines(options);
    await withApi(loaded.settings, async ({ client }) => {
      const run = await flowRunWithId(client, id);
      await printLines(client, { flow_run_id: { any_: [id] } }, `Flow run '${run.name}'`, options, io);
    });
  },
});
