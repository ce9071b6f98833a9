// `orch deployment delete`.
import { OrchError } from "#lib/errors.ts";
import { deleteDeployment } from "#wire/deployments.ts";
import { withApi } from "../api.ts";
import { command } from "../command.ts";
import { deploymentNamed, deploymentWithId } from "./named.ts";

export const remove = command({
  description: "Delete a deployment and its scheduled runs.",
  examples: ["orch deployment delete say-hi/marvin"],
  options: {
    name: { type: "positional", required: false, description: "<flow-name>/<deployment-name>" },
    id: { type: "string", description: "The deployment's id, instead of its name." },
  },
  async run({ options, io, loaded }) {
    const { name, id } = options;
    if (!name && !id) throw new OrchError("invalid", "Must provide a deployment name or id");
    await withApi(loaded.settings, async ({ client }) => {
      const deployment = id ? await deploymentWithId(client, id) : await deploymentNamed(client, name ?? "");
      await client.call(deleteDeployment, { params: { id: deployment.id } });
      io.out(`Deleted deployment '${id ?? name}'.`);
    });
  },
});
