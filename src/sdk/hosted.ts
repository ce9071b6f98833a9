// What user files of a host import: the same functions and classes, which know the host outside of any run.
import { blocksFor } from "./blocks/hosted.ts";
import { deploymentFor } from "./deployments/deployment.ts";
import { runDeploymentFor } from "./deployments/run-deployment.ts";
import { flowFor } from "./flow.ts";
import type { Host } from "./host.ts";

export function sdkFor(host: Host) {
  return {
    flow: flowFor(host),
    ...blocksFor(host),
    Deployment: deploymentFor(host),
    runDeployment: runDeploymentFor(host),
  };
}
