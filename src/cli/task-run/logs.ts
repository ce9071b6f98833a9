// `orch task-run logs`: what a task itself has logged, of all that its flow run has.
import { withApi } from "../api.ts";
import { command } from "../command.ts";
import { logLine } from "../flow-run/log-line.ts";
import { LOG_OPTIONS, mostLines, readLines } from "../logs.ts";
import { checkedTaskRunId, ID_OPTION, taskRunWithId } from "./named.ts";

export const logs = command({
  description: "Print the log of a task run.",
  examples: ["orch task-run logs 01a20946-350f-70f8-ab27-c804bdef8934 --reverse"],
  options: { ...ID_OPTION, ...LOG_OPTIONS },
  async run({ options, io, loaded }) {
    const id = checkedTaskRunId(options.id);
    mostLines(options);
    const { run, lines } = await withApi(loaded.settings, async ({ client }) => ({
      run: await taskRunWithId(client, id),
      lines: await readLines(client, { task_run_id: { any_: [id] } }, options),
    }));
    if (options.json) return io.out(JSON.stringify(lines, null, 2));
    for (const line of lines) io.out(logLine(line, `Task run '${run.name}'`));
    if (lines.length === 0) io.err(`Task run '${run.name}' has no log lines.`);
  },
});
