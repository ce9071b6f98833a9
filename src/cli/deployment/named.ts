// Deployments by the name people use: `flow/deployment`.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { type Deployment, readDeployment, readDeploymentByName } from "#wire/deployments.ts";

/** Throws `invalid` for a name that is not two around one slash, `not_found` when there is no such deployment. */
export async function deploymentNamed(client: Client, name: string): Promise<Deployment> {
  const [flow_name, deployment_name, ...more] = name.split("/");
  if (!flow_name || !deployment_name || more.length > 0) {
    throw new OrchError("invalid", `Invalid deployment name '${name}'. Expected '<flow-name>/<deployment-name>'`);
  }
  const params = { flow_name, deployment_name };
  return client.call(readDeploymentByName, { params }).catch(notFound(name));
}

export async function deploymentWithId(client: Client, id: string): Promise<Deployment> {
  return client.call(readDeployment, { params: { id } }).catch(notFound(id));
}

function notFound(shown: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    throw new OrchError("not_found", `Deployment '${shown}' not found! 'orch deployment ls' lists what is there.`);
  };
}
