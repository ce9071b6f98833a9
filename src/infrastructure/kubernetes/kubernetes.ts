// A flow run as a Job of a cluster: made by its API, watched to its end, found again by cluster, namespace and name.
import { createHash } from "node:crypto";
import { messageOf, OrchError } from "#lib/errors.ts";
import type { Json, JsonObject } from "#lib/json.ts";
import { retryUntilAvailable } from "#lib/retry.ts";
import { apiUrlFor } from "../container-environment.ts";
import type { Infrastructure, InfrastructureOptions, Job, RunningJob, Started } from "../infrastructure.ts";
import { fieldOf } from "../job-fields.ts";
import { type ClusterApi, createClusterApi } from "./api.ts";
import { findCluster } from "./cluster.ts";
import { createCredentials } from "./credentials.ts";
import { type Followed, followJob } from "./follow.ts";
import { createJob, endJob, type JobPlace, LONG_PATIENCE_SECONDS, readJob, runOf } from "./job-requests.ts";
import { jobManifest } from "./manifest.ts";
import { fieldIn, isFinished, textIn } from "./pods.ts";

interface Connected {
  api: ClusterApi;
  /** Names the cluster in pids: it may have several addresses. */
  uid: string;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
/** Of a job that an earlier agent has shown the beginning of. */
const LINES_OF_ADOPTED = 200;

export function createKubernetesInfrastructure({ machine, settings, clock }: InfrastructureOptions): Infrastructure {
  /** By the text of `cluster_config`. */
  const connecting = new Map<string, Promise<Connected>>();
  const byUid = new Map<string, Connected>();
  /** Texts of `cluster_config` whose clusters have answered: they are waited for when they do not. */
  const reached = new Set<string>();
  const followed = new Map<string, Followed>();

  /** Asked again after a failure: the cluster may be there by then, and a kubeconfig may be another. */
  function connect(block: Json): Promise<Connected> {
    const key = JSON.stringify(block);
    const known = connecting.get(key);
    if (known) return known;
    const opening = open(block);
    connecting.set(key, opening);
    opening.then(
      () => reached.add(key),
      () => connecting.delete(key),
    );
    return opening;
  }

  /** The same cluster, by what the kubeconfig names now. */
  async function reconnect(block: Json, uid: string): Promise<ClusterApi> {
    connecting.delete(JSON.stringify(block));
    const connected = await connect(block);
    if (connected.uid === uid) return connected.api;
    throw new OrchError("invalid", `At ${connected.api.cluster.server} another cluster answers than before.`);
  }

  async function open(block: Json): Promise<Connected> {
    const cluster = findCluster(block, machine);
    const readAgain = () => findCluster(block, machine);
    const api = createClusterApi(
      cluster,
      createCredentials(cluster, machine, () => clock.now(), { readAgain }),
    );
    const connected = { api, uid: machine["PREFECT_KUBERNETES_CLUSTER_UID"] || (await uidOf(api)) };
    byUid.set(connected.uid, connected);
    return connected;
  }

  function follow({ api, uid }: Connected, namespace: string, name: string, job: Job, tail?: number): Started {
    const pid = `${uid}:${namespace}:${name}`;
    const end = () => endJob({ api, namespace, name }, job.run.id, 0);
    const following = followJob({ api, clock, job, namespace, name, tail, end });
    followed.set(pid, following);
    void following.exited.then(() => followed.delete(pid));
    return { pid, ...following };
  }

  return {
    async start(job, giveUp) {
      const block = fieldOf(job, "cluster_config");
      try {
        const say = (line: string) => job.output(`Flow run '${job.run.name}': ${line}`);
        const manifest = await jobManifest(job, settings);
        const patience = {
          clock,
          seconds: reached.has(JSON.stringify(block)) ? LONG_PATIENCE_SECONDS : 0,
          signal: giveUp,
        };
        const onWait = (error: unknown) => say(`${messageOf(error)} It is tried again.`);
        const connected = await retryUntilAvailable({ ...patience, onWait }, () => connect(block));
        const { uid } = connected;
        const { namespace } = manifest;
        const note = noteOnAddress(apiUrlFor(job, settings), manifest.body);
        if (note) say(note);
        const { api, name } = await createJob({
          ...{ api: connected.api, manifest, runId: job.run.id, clock, giveUp, say },
          tryName: (name) => job.named?.(`${uid}:${namespace}:${name}`),
          reconnect: () => reconnect(block, uid),
        });
        if (giveUp.aborted) {
          await endJob({ api, namespace, name }, job.run.id, 0);
          giveUp.throwIfAborted();
        }
        return follow({ api, uid }, namespace, name, job);
      } catch (error) {
        connecting.delete(JSON.stringify(block)); // a login that was refused is read again
        throw refusal(error);
      }
    },

    async kill(job, graceSeconds) {
      const place = await placeOf(job);
      if (!place) return "not-ours";
      const isEnded = await endJob(place, job.flowRunId, graceSeconds);
      if (isEnded) followed.get(job.pid)?.isEnding(graceSeconds);
      return isEnded ? "killed" : "not-found";
    },

    async isRunning(running) {
      const place = await placeOf(running);
      const job = place && (await readJob(place));
      return job !== undefined && runOf(job) === running.flowRunId && !isFinished(job);
    },

    async adopt(pid, job) {
      const { uid, namespace, name } = partsOf(pid);
      const connected = byUid.get(uid) ?? (await connect(fieldOf(job, "cluster_config")));
      if (connected.uid !== uid) return null;
      const found = await readJob({ api: connected.api, namespace, name });
      if (found === undefined || runOf(found) !== job.run.id) return null;
      return follow(connected, namespace, name, job, LINES_OF_ADOPTED);
    },

    close: async () => {},
  };

  /** Undefined for a Job of a cluster that neither this machine knows nor its block. */
  async function placeOf({ pid, block }: RunningJob): Promise<JobPlace | undefined> {
    const { uid, namespace, name } = partsOf(pid);
    const ways = [() => byUid.get(uid), () => clusterOf(block), () => connect(null).catch(elsewhere)];
    for (const way of ways) {
      const connected = await way();
      if (connected?.uid === uid) return { api: connected.api, namespace, name };
    }
    return undefined;
  }

  /** Another agent has connected to it, by what the block says. */
  async function clusterOf(read: RunningJob["block"]): Promise<Connected | undefined> {
    const block = await read?.();
    const config = block && fieldOf({ type: "kubernetes-job", block }, "cluster_config");
    return config ? connect(config).catch(elsewhere) : undefined;
  }
}

/** A machine that knows no cluster is not where the job runs; a cluster that is away is asked again. */
function elsewhere(error: unknown): undefined {
  if (error instanceof OrchError && error.code === "invalid") return undefined;
  throw error;
}

function partsOf(pid: string): { uid: string; namespace: string; name: string } {
  const [uid = "", namespace = "", name = ""] = pid.split(":");
  return { uid, namespace, name };
}

/** Found, forbidden, or not there. */
const HAS_DECIDED = new Set([200, 403, 404]);

/** That of a namespace which every cluster has. Where it may not be read: made of what the cluster's certificates are signed by. */
async function uidOf(api: ClusterApi): Promise<string> {
  const { status, body, message } = await api.ask("GET", "/api/v1/namespaces/kube-system");
  const uid = textIn(fieldIn(body, "metadata"), "uid");
  if (uid !== "") return uid;
  // A server that begins or ends: with another name the jobs of its cluster would not be found again.
  if (!HAS_DECIDED.has(status)) {
    throw new OrchError("unavailable", `The cluster cannot be asked for its name: ${message}`);
  }
  const { ca, server } = api.cluster;
  return createHash("sha256")
    .update(ca?.trim() ?? server)
    .digest("hex")
    .slice(0, 32);
}

/** Undefined where a pod may find the server by the address that it gets. */
function noteOnAddress(apiUrl: string, body: JsonObject): string | undefined {
  const pod = fieldIn(fieldIn(fieldIn(body, "spec"), "template"), "spec");
  const isLoopback = URL.canParse(apiUrl) && LOOPBACK.test(new URL(apiUrl).hostname);
  if (!isLoopback || fieldIn(pod, "hostNetwork") === true) return undefined;
  const sentence = `its pod looks for the server at ${apiUrl}, where only this machine finds it.`;
  return `${sentence} Give the agent an ORCH_API_URL that pods reach, or the deployment --override env.ORCH_API_URL=ADDRESS.`;
}

/** Not `unavailable`, which would make all runs of the agent wait: one run cannot be started, and says why. */
function refusal(error: unknown): unknown {
  if (!(error instanceof OrchError) || error.code !== "unavailable") return error;
  return new OrchError("invalid", error.message, { cause: error });
}
