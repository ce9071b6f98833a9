// `orch deployment delete`.
import { OrchError } from "#lib/errors.ts";
import { deleteDeployment } from "#wire/deployments/deployments.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { deploymentNamed, deploymentWithId } from "./named.ts";

export const remove = command({
  description: "Delete a deployment and its scheduled runs.",
  examples: ["orch deployment delete say-hi/marvin", "orch deployment delete --id 0193… --yes"],
  options: {
    name: { type: "positional", required: false, description: "<flow-name>/<deployment-name>" },
    id: { type: "string", description: "Id of the deployment, instead of its name." },
    ...YES_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { name, id } = options;
    if (!name && !id) throw new OrchError("invalid", "Must provide a deployment name or id");
    if (name && id) throw new OrchError("invalid", "Only provide a deployment's name or id");
    await withApi(loaded.settings, async ({ client }) => {
      const deployment = id ? await deploymentWithId(client, id) : await deploymentNamed(client, name ?? "");
      await confirmDeletion(io, options, `deployment '${id ?? name}' and its scheduled runs`);
      await client.call(deleteDeployment, { params: { id: deployment.id } });
      if (options.json) return io.out(json(deployment));
      io.out(io.paint.good(`Deleted deployment '${id ?? name}'.`));
    });
  },
});
