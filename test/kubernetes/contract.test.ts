// Jobs of a real cluster, as an infrastructure among others.
import { createKubernetesInfrastructure } from "#infrastructure/kubernetes/kubernetes.ts";
import { systemClock } from "#lib/clock.ts";
import { addShell } from "../engines/images.ts";
import { infrastructureContract, type Subject } from "../infrastructure/contract.ts";
import { clusterHere, type RealCluster } from "./cluster.ts";

async function subject(real: RealCluster): Promise<Subject> {
  await real.importImage("localhost/orch-shell:1", addShell);
  const infrastructure = createKubernetesInfrastructure({
    ...{ engineCommand: [], machine: { ...process.env, ...real.env }, logHome: null, clock: systemClock },
    settings: { ORCH_API_URL: "http://127.0.0.1:4200/api" },
  });
  return {
    ...{ infrastructure, type: "kubernetes-job" },
    block: { image: "localhost/orch-shell:1", image_pull_policy: "Never", customizations: QUICK },
    ...{ impossible: { namespace: "no-such-namespace" }, elsewhere: "another-cluster:default:calm-crow-x7k2p" },
    close: real.close,
  };
}

const QUICK = [{ op: "add", path: "/spec/template/spec/hostNetwork", value: true }];

const real = await clusterHere();
if (real) infrastructureContract("kubernetes-job", () => subject(real), 120);
