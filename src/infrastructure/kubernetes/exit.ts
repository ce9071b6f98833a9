// Says in plain words how the pod of a flow run has ended, with the cluster's own words for the cause.
import type { JsonObject } from "#lib/json.ts";
import type { Exit } from "../infrastructure.ts";
import { howItEnded } from "../process-exit.ts";
import {
  type Condition,
  conditionOf,
  fieldIn,
  hasStarted,
  isFinished,
  isOver,
  isSuspended,
  memoryLimitOf,
  type Terminated,
  terminatedOf,
  textIn,
} from "./pods.ts";

export interface SeenPod {
  /** As it was seen last. */
  pod: JsonObject;
  /** The cluster has it no more. */
  isGone: boolean;
  /** The cluster has ended it, and its node has not: no machine answers there. */
  isLost?: boolean;
  /** The flow has ended, and other containers of the pod have not: they are not waited for. */
  isKept?: boolean;
  /** Why the agent waits for it no more, as the end of a sentence; the cluster has not ended it. */
  givenUp?: string;
}

export interface SeenJob {
  /** Of the run. */
  name: string;
  /** As it was seen last; null before. */
  job: JsonObject | null;
  isGone: boolean;
  /** Oldest first. */
  pods: readonly SeenPod[];
  /** Why the agent has ended it, as the end of a sentence: `did not start within 60 s`. */
  ended?: string | undefined;
}

const KILLED = 137;
const TERMINATED = 143;
const UNKNOWN = -1;
/** Says no more than the exit code. */
const PLAIN = new Set(["", "Completed", "Error"]);

/**
 * Whether none of it executes any more, and none will. A pod whose Job is gone may still execute. A Job waits for the end of a pod
 * on a lost node forever.
 */
export function hasEnded(seen: SeenJob): boolean {
  const { job, isGone, pods } = seen;
  const isDone =
    isGone || (job !== null && isFinished(job)) || pods.some((one) => isLeft(one) || one.isKept) || isStopped(seen);
  return isDone && pods.every((seen) => seen.isGone || isOver(seen.pod) || seen.isLost);
}

/** Its Job was suspended while the flow executed, which ends the pod. Resumed, the Job would execute the flow once more. */
export function isStopped({ job, pods }: Pick<SeenJob, "job" | "pods">): boolean {
  return isSuspended(job) && pods.some(({ pod }) => hasStarted(pod));
}

/** It is in the cluster, and its node will not say how it ended. */
export function isLeft({ isLost, isGone, pod }: SeenPod): boolean {
  return isLost === true && !isGone && !isOver(pod);
}

/** Of a job that has ended, or that is given up. */
export function jobExit(seen: SeenJob): Exit {
  const newest = seen.pods.at(-1);
  const last = newest?.pod;
  const end = last && terminatedOf(last);
  const hasFailed = seen.ended !== undefined || conditionOf(seen.job, "Failed") !== undefined;
  const isComplete = conditionOf(seen.job, "Complete") !== undefined;
  const code = end && !(hasFailed && end.code === 0) ? end.code : isComplete && !hasFailed ? 0 : UNKNOWN;
  const givenUp = newest && isLeft(newest) ? newest.givenUp : undefined;
  const how = givenUp ?? `${howPodEnded(seen, last, code)}${newest && isLeft(newest) ? nodeLost(newest.pod) : ""}`;
  const { name } = seen;
  return {
    code,
    line: code === 0 ? `Job '${name}' exited cleanly.` : `Job '${name}' exited with status code: ${code}. It ${how}.`,
    reason: `Crash detected! The pod of the flow run ${how}.`,
    cause: byCluster(seen, last) && `The pod of the flow run ${how}.`,
    cancelReason: cancelReason(code, end?.reason === "OOMKilled", end !== undefined),
  };
}

function howPodEnded({ job, isGone, ended, pods }: SeenJob, pod: JsonObject | undefined, code: number): string {
  if (ended !== undefined) return ended;
  const end = pod && terminatedOf(pod);
  if (pod && end?.reason === "OOMKilled" && end.init === undefined) {
    return `was killed because it used more than ${limitOf(pod)} (OOMKilled)`;
  }
  const taken = byCluster({ job, pods }, pod);
  if (taken) return taken;
  if (end?.init !== undefined) return `did not start: its init container '${end.init}' ${howInitEnded(end)}`;
  if (end && !PLAIN.has(end.reason)) return `could not run: ${words(end)}`;
  const isDeleted = pod !== undefined && fieldIn(fieldIn(pod, "metadata"), "deletionTimestamp") !== undefined;
  if (end && isDeleted && (code === KILLED || code === TERMINATED)) {
    return `was deleted from the cluster, and ended with status code ${code}`;
  }
  if (end) return howItEnded(code);
  const failed = conditionOf(job, "Failed");
  if (failed) return `was ended by the cluster: ${words(failed)}`;
  return isGone || isDeleted
    ? "was removed from the cluster before its end was seen"
    : "ended, and its end was not seen";
}

function howInitEnded(end: Terminated): string {
  if (end.reason === "OOMKilled") return "was killed because it used more memory than it may have (OOMKilled)";
  return PLAIN.has(end.reason) ? howItEnded(end.code) : `could not run: ${words(end)}`;
}

function nodeLost(pod: JsonObject): string {
  const node = textIn(fieldIn(pod, "spec"), "nodeName");
  return `, and its node${node === "" ? "" : ` '${node}'`} has not answered since`;
}

function limitOf(pod: JsonObject): string {
  const limit = memoryLimitOf(pod);
  return limit === undefined ? "the memory there is" : `its memory limit of ${limit}`;
}

/** Undefined where the pod ended by itself. */
function byCluster({ job, pods }: Pick<SeenJob, "job" | "pods">, pod: JsonObject | undefined): string | undefined {
  const failed = conditionOf(job, "Failed") ?? conditionOf(job, "FailureTarget");
  if (failed?.reason === "DeadlineExceeded") return `was ended by the cluster: ${words(failed)}`;
  if (isStopped({ job, pods })) return "was ended because its Job was suspended";
  return pod && disruption(pod);
}

/** The cluster has taken the pod from its node, to make room, for maintenance, or because the node was lost; or its node has. */
function disruption(pod: JsonObject): string | undefined {
  const status = fieldIn(pod, "status");
  const given = { reason: textIn(status, "reason"), message: textIn(status, "message") };
  if (given.reason === "Evicted") return `was evicted by the cluster: ${words(given)}`;
  const target = conditionOf(pod, "DisruptionTarget");
  if (target)
    return `was ${target.reason.startsWith("Eviction") ? "evicted" : "ended"} by the cluster: ${words(target)}`;
  if (given.reason === "") return undefined;
  // `OutOfcpu`, `NodeAffinity`; `DeadlineExceeded`, `NodeShutdown`.
  return `was ${terminatedOf(pod) ? "ended" : "refused"} by its node: ${words(given)}`;
}

/** The cluster's message with its word for the cause behind: `Eviction API: evicting (EvictionByEvictionAPI)`. */
export function words({ reason, message }: Condition): string {
  const plain = message
    .trim()
    .replace(/\s*\n\s*/g, " ")
    .replace(/\.$/, "");
  if (plain === "" || reason === "") return plain || reason;
  return plain.includes(reason) ? plain : `${plain} (${reason})`;
}

/** Null for one that ended by itself: it has said so in the log. */
function cancelReason(code: number, isOutOfMemory: boolean, hasRun: boolean): string | null {
  if (!hasRun) return "The flow run was cancelled. Its pod was removed.";
  if (isOutOfMemory) return null;
  if (code === KILLED)
    return "The flow run was cancelled. Its pod did not end in time, and was killed (signal SIGKILL).";
  return code === TERMINATED ? "The flow run was cancelled. Its pod was ended (signal SIGTERM)." : null;
}
