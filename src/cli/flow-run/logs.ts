// `orch flow-run logs`.
import { withApi } from "../api.ts";
import { command, type Io, UsageError } from "../command.ts";
import { jsonText } from "../layout.ts";
import { LOG_OPTIONS, mostLines, printLines } from "../logs.ts";
import { logLine } from "./log-line.ts";
import { flowRunNamed, RUN_OPTION } from "./named.ts";
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
        return printLines(client, { flow_run_id: { any_: [run.id] } }, `Flow run '${run.name}'`, options, io);
      }
      await watchRun(client, run, io, { say: io.err, isQuiet: true, onLog: printer(options.json, io) });
    });
  },
});

function printer(asJson: boolean, io: Io) {
  return (record: Parameters<typeof logLine>[0], { name }: { name: string }): void =>
    io.out(asJson ? jsonText(JSON.stringify(record)) : logLine(record, `Flow run '${name}'`, io.paint));
}
