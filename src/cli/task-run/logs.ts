// `orch task-run logs`: what a task itself has logged, of all that its flow run has.
import { withApi } from "../api.ts";
import { command } from "../command.ts";
import { LOG_OPTIONS, mostLines, printLines } from "../logs.ts";
import { checkedTaskRunId, ID_OPTION, taskRunWithId } from "./named.ts";

export const logs = command({
  description: "Print the log of a task run.",
  examples: ["orch task-run logs 01a20946-350f-70f8-ab27-c804bdef8934 --reverse"],
  options: { ...ID_OPTION, ...LOG_OPTIONS },
  async run({ options, io, loaded }) {
    const id = checkedTaskRunId(options.id);
    mostLines(options);
    await withApi(loaded.settings, async ({ client }) => {
      const run = await taskRunWithId(client, id);
      await printLines(client, { task_run_id: { any_: [id] } }, `Task run '${run.name}'`, options, io);
    });
  },
});
