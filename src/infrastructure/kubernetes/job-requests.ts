// Makes Jobs in a cluster, and ends them with their pods.
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import type { Json } from "#lib/json.ts";
import { RUN_LABEL } from "../container-labels.ts";
import type { ClusterApi } from "./api.ts";
import type { JobManifest } from "./manifest.ts";
import { fieldIn, isFinished, listIn, textIn } from "./pods.ts";

const CONFLICT = 409;
const NOT_FOUND = 404;
/** Too many requests; it is starting or ending. */
const BUSY = new Set([429, 503, 504]);
const MOST_TRIES = 8;
const FIRST_PAUSE_MS = 250;
/** Letters that make up no words. */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;

export interface JobPlace {
  api: ClusterApi;
  namespace: string;
  name: string;
}

/**
 * The name of the Job, which `tryName` gets before the cluster does. A server that goes away meanwhile is asked again: by its name the Job is known as made already. Throws
 * `invalid` with the cluster's words where it refuses.
 */
export async function createJob(
  api: ClusterApi,
  { namespace, prefix, body }: JobManifest,
  runId: string,
  clock: Clock,
  giveUp: AbortSignal,
  tryName: (name: string) => void,
): Promise<string> {
  let name = nameWith(prefix);
  let wasAway = false;
  for (let tries = 1, pause = FIRST_PAUSE_MS; ; tries += 1, pause *= 2) {
    giveUp.throwIfAborted();
    try {
      tryName(name);
      const named = { ...body, metadata: { ...(body["metadata"] as object), name } }; // a manifest has metadata
      const { status, message } = await api.ask("POST", `/apis/batch/v1/namespaces/${namespace}/jobs`, { body: named });
      if (status < 300) return name;
      if (BUSY.has(status)) throw new OrchError("unavailable", `The cluster takes no job now: ${sentence(message)}`);
      if (status !== CONFLICT) throw new OrchError("invalid", `The cluster refuses the job: ${sentence(message)}`);
      if (wasAway && (await isOfRun({ api, namespace, name }, runId))) return name;
      name = nameWith(prefix);
    } catch (error) {
      const isAway = error instanceof OrchError && error.code === "unavailable";
      if (!isAway || tries === MOST_TRIES) throw error;
      wasAway = true;
      await clock.sleep(pause, giveUp);
    }
  }
}

async function isOfRun(place: JobPlace, runId: string): Promise<boolean> {
  return runOf((await readJob(place)) ?? null) === runId;
}

/** Undefined where there is no such Job. Throws `internal` where it cannot be looked at. */
export async function readJob({ api, namespace, name }: JobPlace): Promise<Json | undefined> {
  const { status, body, message } = await api.ask("GET", `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`);
  if (status === NOT_FOUND) return undefined;
  if (status !== 200) throw new OrchError("internal", `The job '${name}' cannot be looked at: ${sentence(message)}`);
  return body;
}

/** The id of the flow run that a Job, or a pod, is for. */
export function runOf(object: Json): string {
  return textIn(fieldIn(fieldIn(object, "metadata"), "labels"), RUN_LABEL);
}

/** False where nothing of the run is left to end. Pods whose Job was removed without them are ended too. */
export async function endJob(place: JobPlace, runId: string, graceSeconds: number): Promise<boolean> {
  const { api, namespace, name } = place;
  const job = await readJob(place);
  const isLive = job !== undefined && runOf(job) === runId && !isFinished(job);
  if (job !== undefined && !isLive) return false;
  // Before the Job, whose end gives its pods the grace of their own.
  const podsEnded = await endPods(place, runId, graceSeconds);
  if (!isLive) return podsEnded > 0;
  // Without a policy the API leaves the pods behind.
  const query = { propagationPolicy: "Foreground" };
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
  const { status, message } = await api.ask("DELETE", path, { query });
  if (status >= 300 && status !== NOT_FOUND) {
    throw new OrchError("internal", `The job '${name}' could not be ended: ${sentence(message)}`);
  }
  return true;
}

/** The Job's end ends them too, with their own grace: an agent that may not delete pods does no harm. How many there were. */
async function endPods({ api, namespace, name }: JobPlace, runId: string, graceSeconds: number): Promise<number> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const { body } = await api.ask("GET", path, { query: { labelSelector: `job-name=${name}` } });
  const live = listIn(body, "items").filter(
    (pod) => runOf(pod) === runId && !/^(?:Succeeded|Failed)$/.test(textIn(fieldIn(pod, "status"), "phase")),
  );
  // With 0 the cluster forgets the pod at once, without its end.
  const query = { gracePeriodSeconds: String(Math.max(1, Math.ceil(graceSeconds))) };
  for (const pod of live) {
    await api.ask("DELETE", `${path}/${textIn(fieldIn(pod, "metadata"), "name")}`, { query });
  }
  return live.length;
}

function nameWith(prefix: string): string {
  const random = crypto.getRandomValues(new Uint8Array(SUFFIX_LENGTH));
  return `${prefix}-${[...random].map((byte) => LETTERS[byte % LETTERS.length]).join("")}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
