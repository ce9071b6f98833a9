// `orch flow-run logs`.
import type { Log } from "#wire/runs/logs.ts";
import { withApi } from "../api.ts";
import { command, UsageError } from "../kit/command.ts";
import { jsonText } from "../terminal/layout.ts";
import { logLine } from "./log-line.ts";
import { flowRunNamed, RUN_OPTION } from "./named.ts";
import { LOG_OPTIONS, mostLines, printLines } from "./printed-logs.ts";
import { stateSentence } from "./state-sentence.ts";
import { watchRun } from "./watch-run.ts";

export const logs = command({
  description: "Print the logs of a flow run.",
  examples: [
    "orch flow-run logs last --follow",
    "orch flow-run logs quiet-owl",
    "orch flow-run logs 01a20946-350f-70f8-ab27-c804bdef8934 --head --num-logs 50",
  ],
  options: {
    ...RUN_OPTION,
    follow: {
      type: "boolean",
      alias: "f",
      description: "Keep printing until the run ends; with --json, one record per line.",
    },
    ...LOG_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const isPart = mostLines(options) !== undefined || options.reverse;
    if (options.follow && isPart) {
      throw new UsageError("--follow prints the whole log in its order: leave out --head, --num-logs and --reverse.");
    }
    await withApi(loaded.settings, async ({ client }) => {
      const run = await flowRunNamed(client, options.run);
      if (!options.follow) {
        const logs = { flow_run_id: { any_: [run.id] } };
        return printLines(client, { logs, ofRun: `Flow run '${run.name}'`, reason: stateSentence(run) }, options, io);
      }
      let isEmpty = true;
      const onLog = (record: Log, ofRun: string): void => {
        isEmpty = false;
        io.out(options.json ? jsonText(JSON.stringify(record)) : logLine(record, ofRun, io.paint));
      };
      const last = await watchRun(client, run, io, { say: io.err, isQuiet: true, onLog });
      if (isEmpty) io.err(`Flow run '${last.name}' has no log lines. ${stateSentence(last)}`);
    });
  },
});
