// `orch deployment ls`.
import { listDeployments } from "#wire/deployments.ts";
import { listFlows } from "#wire/flows.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { table } from "../output.ts";
import { allPages } from "../pages.ts";

export const ls = command({
  description: "List deployments.",
  examples: ["orch deployment ls", "orch deployment ls --flow-name say-hi", "orch deployment ls --json"],
  options: {
    "flow-name": { type: "string", multiple: true, description: "Only deployments of this flow." },
    "by-created": { type: "boolean", description: "The newest first, instead of by name." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const names = options["flow-name"];
    const filter = names.length > 0 ? { flows: { name: { any_: names } } } : {};
    const { deployments, flows } = await withApi(loaded.settings, async ({ client }) => ({
      deployments: await allPages((page) =>
        client.call(listDeployments, {
          body: { ...filter, ...page, sort: options["by-created"] ? "CREATED_DESC" : "NAME_ASC" },
        }),
      ),
      flows: await allPages((page) => client.call(listFlows, { body: page })),
    }));
    if (options.json) return io.out(JSON.stringify(deployments, null, 2));
    if (deployments.length === 0) {
      return io.out(
        "There are no deployments yet. Make one with 'orch deployment build -n NAME -q QUEUE -a FILE:FLOW'.",
      );
    }
    const flowNames = new Map(flows.map(({ id, name }) => [id, name]));
    const rows = deployments.map(({ flow_id, name, id }) => [`${flowNames.get(flow_id) ?? flow_id}/${name}`, id]);
    const shown = options["by-created"] ? rows : rows.toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1));
    io.out(table("Deployments", ["Name", "ID"], shown, io.columns));
  },
});
