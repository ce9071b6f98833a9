// Makes Jobs in a cluster, and ends them with their pods.
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import type { Json } from "#lib/json.ts";
import { isUnavailable } from "#lib/retry.ts";
import { RUN_LABEL } from "../container-labels.ts";
import type { ClusterApi } from "./api.ts";
import type { JobManifest } from "./manifest.ts";
import { fieldIn, isFinished, listIn, textIn } from "./pods.ts";

const CONFLICT = 409;
const NOT_FOUND = 404;
const TOO_MANY = 429;
const INTERNAL = 500;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** How long a cluster is asked again that answers, and fails; also one that begins to answer. */
const PATIENCE_MS = 30_000;
/** How long one is waited for that has answered before: its API server is updated, or moved. */
export const LONG_PATIENCE_SECONDS = 600;
const LONG_PATIENCE_MS = LONG_PATIENCE_SECONDS * 1000;
/** A restart takes less: then nothing is printed. */
const SAID_FROM_MS = 4_000;
/** Letters that make up no words. */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;

export interface JobPlace {
  api: ClusterApi;
  namespace: string;
  name: string;
}

export interface MakingOptions {
  api: ClusterApi;
  manifest: JobManifest;
  runId: string;
  clock: Clock;
  giveUp: AbortSignal;
  /** Gets each name before the cluster does. */
  tryName: (name: string) => void;
  /** For the person who started the agent. */
  say: (line: string) => void;
  /** The cluster may have another address by now. */
  reconnect: () => Promise<ClusterApi>;
}

/**
 * Makes the Job, and resolves with its name and how the cluster was reached. A server that goes away meanwhile is asked again: by its
 * name the Job is known as made already. Throws a sentence with the cluster's words where it refuses, and `unavailable` where it does
 * not answer for long.
 */
export async function createJob(options: MakingOptions): Promise<{ api: ClusterApi; name: string }> {
  const { manifest, runId, clock, giveUp, tryName, say, reconnect } = options;
  const { namespace, prefix, body } = manifest;
  let { api } = options;
  const begun = clock.elapsed();
  let name = nameWith(prefix);
  let isUnsure = false;
  let failing = { code: "", since: begun };
  let said = "";
  /** So that no Job executes a run that has failed to start. */
  const leave = async () => {
    const place = { api, namespace, name };
    if (isUnsure) await endJob(place, runId, 0).catch(() => {}); // the failure that is thrown below is the one to report
  };
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    if (giveUp.aborted) await leave();
    giveUp.throwIfAborted();
    tryName(name);
    const named = { ...body, metadata: { ...(body["metadata"] as object), name } }; // a manifest has metadata
    try {
      const { status, message } = await api.ask("POST", `/apis/batch/v1/namespaces/${namespace}/jobs`, { body: named });
      if (status < 300) return { api, name };
      if (status === CONFLICT && isUnsure && (await isOfRun({ api, namespace, name }, runId))) return { api, name };
      if (isAway(status)) throw new OrchError("unavailable", `The cluster takes no job now: ${sentence(message)}`);
      const code = status === CONFLICT ? "conflict" : status >= INTERNAL ? "internal" : "invalid";
      throw new OrchError(code, `The cluster refuses the job: ${sentence(message)}`);
    } catch (error) {
      const code = error instanceof OrchError ? error.code : "invalid";
      const patience = code === "unavailable" ? LONG_PATIENCE_MS : PATIENCE_MS;
      const next = clock.elapsed() + pause;
      if (code !== failing.code) failing = { code, since: clock.elapsed() };
      // It may have made the Job and not said so. A name in use is that of another.
      if (code !== "invalid") isUnsure = code !== "conflict";
      if (code === "invalid" || next - failing.since > patience || next - begun > LONG_PATIENCE_MS + PATIENCE_MS) {
        await leave();
        throw error;
      }
      if (code === "conflict") name = nameWith(prefix);
      const news = pause < SAID_FROM_MS || messageOf(error) === said ? "" : messageOf(error);
      if (news !== "") say(`${news} It is tried again.`);
      said = news || said;
      await clock.sleep(pause, giveUp);
      if (code === "unavailable") api = await reconnect().catch((reason) => unlessAway(reason, api));
    }
  }
}

function unlessAway(error: unknown, known: ClusterApi): ClusterApi {
  if (isUnavailable(error)) return known;
  throw error;
}

/** It is starting or ending, or has too much to do. */
function isAway(status: number): boolean {
  return status === TOO_MANY || status > INTERNAL;
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
