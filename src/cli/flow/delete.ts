// `orch flow delete`.
import { countDeployments } from "#wire/deployments/deployments.ts";
import { deleteFlow } from "#wire/deployments/flows.ts";
import { countFlowRuns } from "#wire/runs/flow-runs.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { flowNamed, NAME_OPTION } from "./named.ts";

export const remove = command({
  description: "Delete a flow with its deployments and runs.",
  examples: ["orch flow delete say-hi"],
  options: { ...NAME_OPTION, ...YES_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    await withApi(loaded.settings, async ({ client }) => {
      const flow = await flowNamed(client, options.name);
      const body = { flows: { id: { any_: [flow.id] } } };
      const deployments = await client.call(countDeployments, { body });
      const runs = await client.call(countFlowRuns, { body });
      await confirmDeletion(
        io,
        options,
        `flow '${flow.name}' with its ${deployments} deployment(s) and ${runs} run(s)`,
      );
      await client.call(deleteFlow, { params: { id: flow.id } });
      io.out(options.json ? json(flow) : io.paint.good(`Deleted flow '${flow.name}'.`));
    });
  },
});
