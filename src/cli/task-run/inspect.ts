// `orch task-run inspect`.
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json, page } from "../layout.ts";
import { constructorText, USUAL_WIDTH } from "../python-text.ts";
import { checkedTaskRunId, ID_OPTION, taskRunWithId } from "./named.ts";

export const inspect = command({
  description: "Show a task run.",
  examples: [
    "orch task-run inspect 01a20946-350f-70f8-ab27-c804bdef8934",
    "orch task-run inspect 01a20946-350f-70f8-ab27-c804bdef8934 --json",
  ],
  options: { ...ID_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const id = checkedTaskRunId(options.id);
    const run = await withApi(loaded.settings, ({ client }) => taskRunWithId(client, id));
    const width = io.isTerminal ? io.columns : USUAL_WIDTH;
    io.out(options.json ? json(run) : page(constructorText("TaskRun", run, width)));
  },
});
