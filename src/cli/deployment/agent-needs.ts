// Says what an agent needs to run a deployment, where that is more than this executable.
import type { DeploymentSpec } from "#domain/deployment.ts";
import { languageAt } from "#domain/entrypoint.ts";
import { IMAGE_FLOWS, infrastructureDefaults, isImageBased } from "#domain/infrastructure-blocks.ts";
import type { Json } from "#lib/json.ts";
import { own } from "#lib/own.ts";

const ENGINES: Readonly<Record<string, string>> = {
  "docker-container": "a container engine: Docker's or podman's, on its machine or where DOCKER_HOST leads",
  "kubernetes-job": "a cluster: a kubeconfig, a service account of the cluster it runs in, or a 'cluster_config' block",
};

/** `isOfWorker`: the jobs are made from the work pool's template. Lines for people; none for processes. */
export function agentNeeds(spec: DeploymentSpec, isOfWorker: boolean): string[] {
  const { infrastructure } = spec;
  const engine = ENGINES[String(infrastructure["block_type_slug"] ?? infrastructure["_block_type_slug"])];
  if (isOfWorker || engine === undefined || !isImageBased(infrastructure)) return [];
  const image = imageOf(spec);
  const code = spec.storage ? "its storage" : `'${spec.path ?? IMAGE_FLOWS}' of the image`;
  const where = `Runs execute in the image '${image}', and take the flow's code from ${code}.`;
  return [`${where} The agent needs ${engine}.`, ...unsuited(spec, image)];
}

function imageOf({ infrastructure, infra_overrides }: DeploymentSpec): string {
  const image: Json | undefined = own(infra_overrides, "image") ?? infrastructure["image"];
  return typeof image === "string" && image !== ""
    ? image
    : String(infrastructureDefaults("docker-container")["image"]);
}

/** Prefect's image has Python. */
function unsuited({ entrypoint, infrastructure, infra_overrides }: DeploymentSpec, image: string): string[] {
  const isPlain = image === infrastructureDefaults("docker-container")["image"];
  const command: Json | undefined = own(infra_overrides, "command") ?? infrastructure["command"];
  const isOwn = Array.isArray(command) && command.join(" ") !== "orch engine" && command.length > 0;
  if (!isPlain || isOwn || languageAt(entrypoint) !== "typescript") return [];
  return [`'${image}' has no orch, which TypeScript flows need: name an image that has it with --override image=NAME.`];
}
