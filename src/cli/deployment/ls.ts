// `orch deployment ls`.
import { catchupText } from "#domain/catchup.ts";
import { NO_POLICIES, type SetPolicies, setPoliciesOf } from "#project/run-policies.ts";
import { type Deployment, listDeployments } from "#wire/deployments.ts";
import { listFlows } from "#wire/flows.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json } from "../layout.ts";
import { table } from "../output.ts";
import { allPages } from "../pages.ts";

export const ls = command({
  description: "List deployments.",
  examples: ["orch deployment ls --flow-name say-hi", "orch deployment ls --by-created --json"],
  options: {
    "flow-name": { type: "string", multiple: true, description: "Only deployments of this flow." },
    "by-created": { type: "boolean", description: "The newest first, instead of by name." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const names = options["flow-name"];
    const filter = names.length > 0 ? { flows: { name: { any_: names } } } : {};
    const { deployments, flows, policies } = await withApi(loaded.settings, async ({ client }) => {
      const deployments = await allPages((page) =>
        client.call(listDeployments, {
          body: { ...filter, ...page, sort: options["by-created"] ? "CREATED_DESC" : "NAME_ASC" },
        }),
      );
      const flows = await allPages((page) => client.call(listFlows, { body: page }));
      const ids = deployments.map(({ id }) => id);
      return { deployments, flows, policies: await setPoliciesOf(client, ids) };
    });
    const flowNames = new Map(flows.map(({ id, name }) => [id, name]));
    const named = deployments.map((deployment) => ({ deployment, flow: flowNames.get(deployment.flow_id) ?? "" }));
    const sorted = options["by-created"] ? named : named.toSorted(byName);
    if (options.json) {
      const printed = sorted.map(({ deployment }) => ({ ...deployment, ...set(policies.get(deployment.id)) }));
      return io.out(json(printed));
    }
    if (sorted.length === 0) return io.out(names.length > 0 ? noneOf(names) : NONE);
    const rows = sorted.map(({ deployment: { name, id }, flow }) => [
      ...[`${flow}/${name}`, id],
      ...(policies.size > 0 ? policyCells(policies.get(id)) : []),
    ]);
    const head = ["Name", "ID", ...(policies.size > 0 ? ["Overlap", "Catch-up"] : [])];
    io.out(table("Deployments", head, rows, io.columns));
  },
});

/** Those that are set. */
function set(policies: SetPolicies = NO_POLICIES): Partial<SetPolicies> {
  return Object.fromEntries(Object.entries(policies).filter(([, value]) => value !== null));
}

function policyCells({ overlap, catchup }: SetPolicies = NO_POLICIES): string[] {
  return [overlap ?? "", catchup === null ? "" : catchupText(catchup)];
}

const NONE = "There are no deployments yet. Make one with 'orch deployment build -n NAME -q QUEUE -a FILE:FLOW'.";

function noneOf(flows: readonly string[]): string {
  const shown = flows.map((name) => `'${name}'`).join(" or ");
  return `There are no deployments of ${shown}. 'orch deployment ls' lists those of all flows.`;
}

interface Named {
  deployment: Deployment;
  flow: string;
}

/** By the flow's name, then by the deployment's; capitals first. */
function byName(a: Named, b: Named): number {
  return compare(a.flow, b.flow) || compare(a.deployment.name, b.deployment.name);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
