// `orch task-run inspect`.
import { withApi } from "../api.ts";
import { STATE_FIELDS, stateFields } from "../details/run-state.ts";
import { showInspected } from "../details/show.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { RUN_OPTION, taskRunNamed } from "./named.ts";

export const inspect = command({
  description: "Show a task run.",
  examples: [
    "orch task-run inspect 01a20946-350f-70f8-ab27-c804bdef8934",
    "orch task-run inspect 01a20946-350f-70f8-ab27-c804bdef8934 --json",
  ],
  options: { ...RUN_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const run = await withApi(loaded.settings, ({ client }) => taskRunNamed(client, options.run));
    showInspected(
      {
        title: `Task run '${run.name}'`,
        record: run,
        leaveOut: STATE_FIELDS,
        first: (now) => stateFields(run, io.paint, now),
      },
      options,
      io,
    );
  },
});
