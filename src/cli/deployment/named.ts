// Deployments by the name people use: `flow/deployment`.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { parseId } from "#lib/ids.ts";
import { didYouMean, nearest } from "#lib/text/nearest.ts";
import {
  type Deployment,
  listDeployments,
  readDeployment,
  readDeploymentByName,
} from "#wire/deployments/deployments.ts";
import { listFlows } from "#wire/deployments/flows.ts";

/** Throws `not_found` when there is no such deployment. */
export async function deploymentNamed(client: Client, name: string): Promise<Deployment> {
  if (name !== "" && !name.includes("/")) throw await withoutFlow(client, name);
  return client.call(readDeploymentByName, { params: splitDeploymentName(name) }).catch(notFound(client, name));
}

/** `marvin`: the flow's name is missing, which is known where one deployment is called so. */
async function withoutFlow(client: Client, name: string): Promise<OrchError> {
  const all = await deploymentNames(client);
  const ends = all.map((one) => one.slice(one.indexOf("/") + 1));
  const close = nearest(name, ends);
  const meant = close === undefined ? undefined : all[ends.indexOf(ends.includes(name) ? name : close)];
  const hint = meant === undefined ? "" : `. Did you mean '${meant}'?`;
  return new OrchError("invalid", `Invalid deployment name '${name}'. Expected '<flow-name>/<deployment-name>'${hint}`);
}

/** Two names around one slash. */
export function isDeploymentName(name: string): boolean {
  return /^[^/]+\/[^/]+$/.test(name);
}

/** Throws `invalid` for a name that is not two around one slash. */
function splitDeploymentName(name: string): { flow_name: string; deployment_name: string } {
  const [flow_name, deployment_name, ...more] = name.split("/");
  if (flow_name && deployment_name && more.length === 0) return { flow_name, deployment_name };
  throw new OrchError("invalid", `Invalid deployment name '${name}'. Expected '<flow-name>/<deployment-name>'`);
}

/** Throws `invalid` for what is no id, `not_found` when there is no such deployment. */
export async function deploymentWithId(client: Client, text: string): Promise<Deployment> {
  const id = parseId(text);
  if (id === null) throw new OrchError("invalid", `'${text}' is not the id of a deployment.`);
  return client.call(readDeployment, { params: { id } }).catch(notFound(client, id));
}

function notFound(client: Client, shown: string): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    const hint = didYouMean(shown, await deploymentNames(client)) || " 'orch deployment ls' lists what is there.";
    throw new OrchError("not_found", `Deployment '${shown}' not found!${hint}`);
  };
}

/** Of a page: enough to guess what was meant. */
async function deploymentNames(client: Client): Promise<string[]> {
  return (await namedDeployments(client)).map(({ fullName }) => fullName);
}

/** A page of deployments, with the names of their flows, which are asked for by id: there may be more flows than a page has. */
export async function namedDeployments(client: Client): Promise<(Deployment & { fullName: string })[]> {
  const deployments = await client.call(listDeployments, { body: {} });
  const ids = [...new Set(deployments.map(({ flow_id }) => flow_id))];
  const flows = await client.call(listFlows, { body: { flows: { id: { any_: ids } } } });
  const flowNames = new Map(flows.map(({ id, name }) => [id, name]));
  return deployments.flatMap((deployment) => {
    const flow = flowNames.get(deployment.flow_id);
    return flow === undefined ? [] : [{ ...deployment, fullName: `${flow}/${deployment.name}` }];
  });
}
