// `orch deployment inspect`.
import { shownPolicies } from "#project/run-policies.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json, page } from "../layout.ts";
import { pythonValue, USUAL_WIDTH } from "../python-text.ts";
import { deploymentNamed } from "./named.ts";

export const inspect = command({
  description: "Show a deployment.",
  examples: ["orch deployment inspect say-hi/marvin"],
  options: {
    name: { type: "positional", required: true, description: "<flow-name>/<deployment-name>" },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const shown = await withApi(loaded.settings, async ({ client }) => {
      const stored = await deploymentNamed(client, options.name);
      const deployment = { ...stored, ...(await shownPolicies(client, stored.id)) };
      const id = deployment.infrastructure_document_id;
      if (!id) return deployment;
      const block = await client.call(readBlockDocument, { params: { id } });
      return { ...deployment, infrastructure: { ...block.data, block_type_slug: block.block_type?.slug ?? null } };
    });
    io.out(options.json ? json(shown) : page(pythonValue(shown, io.isTerminal ? io.columns : USUAL_WIDTH)));
  },
});
