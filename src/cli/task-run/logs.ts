// `orch task-run logs`: what a task itself has logged, of all that its flow run has.
import { withApi } from "../api.ts";
import { LOG_OPTIONS, mostLines, printLines } from "../flow-run/printed-logs.ts";
import { stateSentence } from "../flow-run/state-sentence.ts";
import { command } from "../kit/command.ts";
import { RUN_OPTION, taskRunNamed } from "./named.ts";

export const logs = command({
  description: "Print the logs of a task run.",
  examples: ["orch task-run logs 01a20946-350f-70f8-ab27-c804bdef8934 --reverse"],
  options: { ...RUN_OPTION, ...LOG_OPTIONS },
  async run({ options, io, loaded }) {
    mostLines(options);
    await withApi(loaded.settings, async ({ client }) => {
      const run = await taskRunNamed(client, options.run);
      const logs = { task_run_id: { any_: [run.id] } };
      await printLines(client, { logs, ofRun: `Task run '${run.name}'`, reason: stateSentence(run) }, options, io);
    });
  },
});
