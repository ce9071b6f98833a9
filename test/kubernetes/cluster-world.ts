// A server with deployments whose runs are Jobs of a real cluster, and what tests ask about these.
import { resolve } from "node:path";
import { listIn } from "#infrastructure/kubernetes/pods.ts";
import type { JsonObject } from "#lib/json.ts";
import type { Running } from "../binary/sandbox.ts";
import { FLOWS } from "../engines/flows.ts";
import { addFlows } from "../engines/images.ts";
import { createWorld, type Run, type World } from "../page/world.ts";
import type { RealCluster } from "./cluster.ts";

export const IMAGE = "localhost/orch-flows:1";
/** The most that anything takes here, on a machine under load. */
export const SECONDS = 150;
export const CONTAINER = "/spec/template/spec/containers/0";
/** Pods of the cluster have no network of their own. */
export const HOST_NETWORK = { op: "add", path: "/spec/template/spec/hostNetwork", value: true };
export const SHORT_GRACE = { op: "add", path: "/spec/template/spec/terminationGracePeriodSeconds", value: 2 };
const ENDED = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];

export type EndedRun = Run & { infrastructure_pid: string; state: { message: string | null } };

export interface ClusterWorld extends World {
  /** Builds and applies FLOW/NAME for the queue NAME. */
  deploy: (flow: string, name: string, patches?: JsonObject[], ...overrides: string[]) => Promise<void>;
  /** Of a queue. */
  agentOf: (queue: string) => Running;
  start: (name: string) => Promise<Run>;
  ended: (id: string) => Promise<EndedRun>;
  logged: (id: string, words: string | RegExp) => Promise<void>;
  /** Of all namespaces. */
  pods: (id: string) => Promise<JsonObject[]>;
  /** Resolves when neither a Job nor a pod of the run is left. */
  gone: (id: string) => Promise<void>;
}

/** Imports the image of the flows. */
export async function createClusterWorld(real: RealCluster): Promise<ClusterWorld> {
  await real.importImage(IMAGE, (root) => addFlows(root, resolve("dist/orch"), { "flows.ts": FLOWS }));
  const world = await createWorld();
  world.write("flows.ts", FLOWS);

  async function left(kind: string, id: string): Promise<JsonObject[]> {
    const query = { labelSelector: `prefect.io/flow-run-id=${id}` };
    return listIn((await real.api.ask("GET", kind, { query })).body, "items");
  }
  const pods = (id: string) => left("/api/v1/pods", id);

  return {
    ...{ ...world, pods },
    async deploy(flow, name, patches = [], ...overrides) {
      const customizations = JSON.stringify([HOST_NETWORK, SHORT_GRACE, ...patches]);
      const all = [`image=${IMAGE}`, "image_pull_policy=Never", `customizations=${customizations}`, ...overrides];
      const words = all.flatMap((override) => ["--override", override]);
      const where = ["-n", name, "-q", name, "--infra", "kubernetes-job"];
      await world.deployment("build", ...where, ...words, "-a", `flows.ts:${flow}`);
    },
    agentOf: (queue) => world.sandbox.start(["agent", "start", "-q", queue], { ORCH_API_URL: world.url, ...real.env }),
    start: (name) => world.json<Run>("deployment", "run", name),
    ended: (id) =>
      until(`the end of ${id}`, async () => {
        const run = await world.api<EndedRun>("GET", `/flow_runs/${id}`);
        return ENDED.includes(run.state_type) ? run : undefined;
      }),
    async logged(id, words) {
      const pattern = typeof words === "string" ? new RegExp(RegExp.escape(words)) : words;
      await until(`'${words}' in the log of ${id}`, async () => pattern.test(await world.logs(id)));
    },
    async gone(id) {
      const isGone = async () => (await pods(id)).length === 0 && (await left("/apis/batch/v1/jobs", id)).length === 0;
      await until("the removal of Job and pod", isGone);
    },
  };
}

/** Asks until it is so. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  for (const deadline = Date.now() + SECONDS * 1000; Date.now() < deadline; ) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
    await Bun.sleep(50); // until it is so, or the deadline
  }
  throw new Error(`${what} did not come to pass within ${SECONDS} s`);
}
