// `orch flow-run delete`.
import { deleteFlowRun } from "#wire/runs/flow-runs.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { flowRunNamed, notFound, RUN_OPTION } from "./named.ts";

export const remove = command({
  description: "Delete a flow run with its states and logs.",
  examples: ["orch flow-run delete quiet-owl", "orch flow-run delete 01a20946-350f-70f8-ab27-c804bdef8934"],
  options: {
    ...RUN_OPTION,
    ...YES_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    await withApi(loaded.settings, async ({ client }) => {
      const run = await flowRunNamed(client, options.run);
      const { id } = run;
      await confirmDeletion(io, options, `flow run '${run.name}'`);
      await client.call(deleteFlowRun, { params: { id } }).catch(notFound(id));
      io.out(options.json ? json(run) : io.paint.good(`Successfully deleted flow run '${run.name}'.`));
    });
  },
});
