// `orch task-run delete`.
import { deleteTaskRun } from "#wire/runs/task-runs.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { notFound, RUN_OPTION, taskRunNamed } from "./named.ts";

export const remove = command({
  description: "Delete a task run with its states.",
  examples: ["orch task-run delete 01a20946-350f-70f8-ab27-c804bdef8934"],
  options: { ...RUN_OPTION, ...YES_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    await withApi(loaded.settings, async ({ client }) => {
      const run = await taskRunNamed(client, options.run);
      const { id } = run;
      await confirmDeletion(io, options, `task run '${run.name}'`);
      await client.call(deleteTaskRun, { params: { id } }).catch(notFound(id));
      io.out(options.json ? json(run) : io.paint.good(`Successfully deleted task run '${run.name}'.`));
    });
  },
});
