// `orch flow-run logs`.
import { listLogs } from "#wire/logs.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { wholeNumber } from "../numbers.ts";
import { allPages } from "../pages.ts";
import { logLine } from "./log-line.ts";
import { checkedRunId, flowRunWithId } from "./named.ts";

const USUAL_HEAD = 20;

export const logs = command({
  description: "Print the log of a flow run.",
  examples: [
    "orch flow-run logs 01a20946-350f-70f8-ab27-c804bdef8934",
    "orch flow-run logs 01a20946-350f-70f8-ab27-c804bdef8934 --head --num-logs 50",
  ],
  options: {
    id: { type: "positional", required: true, description: "The run's id." },
    head: {
      type: "boolean",
      alias: "h",
      description: `Only the first lines, ${USUAL_HEAD} unless --num-logs says otherwise.`,
    },
    help: { type: "boolean", description: "Show this page." },
    "num-logs": { type: "string", alias: "n", description: "How many lines." },
    reverse: { type: "boolean", alias: "r", description: "The newest first." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const id = checkedRunId(options.id);
    const most = wholeNumber("--num-logs", options["num-logs"], 1);
    const { run, lines } = await withApi(loaded.settings, async ({ client }) => ({
      run: await flowRunWithId(client, id),
      lines: await allPages(
        (page) =>
          client.call(listLogs, {
            body: {
              ...page,
              logs: { flow_run_id: { any_: [id] } },
              sort: options.reverse ? "TIMESTAMP_DESC" : "TIMESTAMP_ASC",
            },
          }),
        most ?? (options.head ? USUAL_HEAD : undefined),
      ),
    }));
    if (options.json) return io.out(JSON.stringify(lines, null, 2));
    for (const line of lines) io.out(logLine(line, run.name));
    if (lines.length === 0) io.err(`Flow run '${run.name}' has no log lines.`);
  },
});
