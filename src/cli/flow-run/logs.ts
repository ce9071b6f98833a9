// `orch flow-run logs`.
import { withApi } from "../api.ts";
import { command } from "../command.ts";
import { LOG_OPTIONS, mostLines, readLines } from "../logs.ts";
import { logLine } from "./log-line.ts";
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
    const { run, lines } = await withApi(loaded.settings, async ({ client }) => ({
      run: await flowRunWithId(client, id),
      lines: await readLines(client, { flow_run_id: { any_: [id] } }, options),
    }));
    if (options.json) return io.out(JSON.stringify(lines, null, 2));
    for (const line of lines) io.out(logLine(line, `Flow run '${run.name}'`));
    if (lines.length === 0) io.err(`Flow run '${run.name}' has no log lines.`);
  },
});
