// Says when the code of a deployment lies on this machine alone, while the server, and so the agents, may be elsewhere.
import { hostname, networkInterfaces } from "node:os";
import { isLoopback } from "#client/transport.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { isImageBased } from "#domain/infrastructure-blocks.ts";
import type { Settings } from "#settings/table.ts";
import { isSnapshot } from "./upload.ts";

export interface Surroundings {
  /** Of the API; null in this process. */
  url: string | null;
  cwd: string;
  settings: Settings;
}

/** One sentence, or none. A path that was written by hand may be one of the agent's machine. */
export function localCode(spec: DeploymentSpec, { url, cwd, settings }: Surroundings): string | undefined {
  const { storage, path, infrastructure } = spec;
  const isHere = isSnapshot(path, settings) || path === cwd;
  if (storage !== null || !isHere || isImageBased(infrastructure) || url === null || isOfThisMachine(url))
    return undefined;
  const sentence = `The code is in '${path}' on this machine: an agent on another machine cannot read it.`;
  return `${sentence} Start the agent here, or build with --storage-block, which keeps the code where every agent reads it.`;
}

/** By the names and addresses that this machine knows it has. */
function isOfThisMachine(url: string): boolean {
  if (isLoopback(url)) return true;
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : "";
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return host === hostname().toLowerCase() || addresses.some(({ address }) => address === host);
}
