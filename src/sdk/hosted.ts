// What user files of a host import: the same functions and classes, which know the host outside of any run.
import { artifactsFor } from "./artifacts.ts";
import { blocksFor } from "./blocks/hosted.ts";
import { deploymentFor } from "./deployments/deployment.ts";
import { runDeploymentFor } from "./deployments/run-deployment.ts";
import { flowFor } from "./flow.ts";
import type { Host } from "./host.ts";
import { pausesFor } from "./pause.ts";
import { variablesFor } from "./variables.ts";

export function sdkFor(host: Host) {
  return {
    flow: flowFor(host),
    ...blocksFor(host),
    ...artifactsFor(host),
    ...variablesFor(host),
    Deployment: deploymentFor(host),
    runDeployment: runDeploymentFor(host),
    ...pausesFor(host),
  };
}
