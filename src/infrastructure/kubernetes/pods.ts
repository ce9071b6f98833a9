// Reads what a cluster says about a pod and its Job: whether it has started, how it ended, and what it waits for.
import { isObject, type Json, type JsonObject } from "#lib/json.ts";

export interface Terminated {
  code: number;
  /** The cluster's word: `Completed`, `Error`, `OOMKilled`, `StartError`. */
  reason: string;
  message: string;
  /** The name of an init container that failed; undefined for the flow's own container. */
  init?: string;
}

/** Every container of a flow run has it. */
const OF_RUN = "PREFECT__FLOW_RUN_ID";

/** The container that executes the flow, in a pod that may have others beside it. */
export function mainContainer(pod: JsonObject): string {
  const containers = listIn(fieldIn(pod, "spec"), "containers");
  const isOfRun = (container: JsonObject) => listIn(container, "env").some(({ name }) => name === OF_RUN);
  const found = containers.find(isOfRun) ?? containers.find(({ name }) => name === "prefect-job") ?? containers[0];
  return textIn(found, "name");
}

/** It executes, or has executed. */
export function hasStarted(pod: JsonObject): boolean {
  const state = fieldIn(mainStatus(pod), "state");
  return isObject(fieldIn(state, "running")) || terminatedOf(pod) !== undefined;
}

/** It executes no more, and will not. */
export function isOver(pod: JsonObject): boolean {
  return /^(?:Succeeded|Failed)$/.test(phaseOf(pod)) || terminatedOf(pod) !== undefined;
}

export function phaseOf(pod: JsonObject): string {
  return textIn(fieldIn(pod, "status"), "phase");
}

/** How the flow's container ended, or the container before it that failed; undefined where neither has ended. */
export function terminatedOf(pod: JsonObject): Terminated | undefined {
  return terminatedIn(mainStatus(pod)) ?? failedInit(pod);
}

function failedInit(pod: JsonObject): Terminated | undefined {
  if (phaseOf(pod) !== "Failed") return undefined;
  for (const status of listIn(fieldIn(pod, "status"), "initContainerStatuses")) {
    const end = terminatedIn(status);
    if (end && end.code !== 0) return { ...end, init: textIn(status, "name") };
  }
  return undefined;
}

function terminatedIn(status: JsonObject | undefined): Terminated | undefined {
  const terminated = fieldIn(fieldIn(status, "state"), "terminated");
  const code = fieldIn(terminated, "exitCode");
  if (typeof code !== "number") return undefined;
  return { code, reason: textIn(terminated, "reason"), message: textIn(terminated, "message") };
}

export interface Condition {
  reason: string;
  message: string;
}

/** A condition that holds now, of a Job or a pod; `status`: `False` for one that does not. */
export function conditionOf(object: Json, type: string, status = "True"): Condition | undefined {
  const found = listIn(fieldIn(object, "status"), "conditions").find(
    (condition) => condition["type"] === type && condition["status"] === status,
  );
  return found && { reason: textIn(found, "reason"), message: textIn(found, "message") };
}

/** The Job makes no pods any more, and all of them have ended. */
export function isFinished(job: Json): boolean {
  return (conditionOf(job, "Complete") ?? conditionOf(job, "Failed")) !== undefined;
}

/** It makes no pods until it is resumed: a queue of the cluster has it, or a person has stopped it. */
export function isSuspended(job: JsonObject | null): boolean {
  return fieldIn(fieldIn(job ?? undefined, "spec"), "suspend") === true && !isFinished(job);
}

/** The flow's container has ended, and other containers have not: the pod goes on. */
export function isKeptByOthers(pod: JsonObject): boolean {
  return phaseOf(pod) === "Running" && terminatedIn(mainStatus(pod)) !== undefined;
}

/** The containers of the pod that run, by their names. */
export function othersIn(pod: JsonObject): string[] {
  const running = listIn(fieldIn(pod, "status"), "containerStatuses").filter((status) =>
    isObject(fieldIn(fieldIn(status, "state"), "running")),
  );
  return running.map((status) => textIn(status, "name"));
}

/** The flow's container goes on, or has failed and the pod may start it again, beside the others. */
export function mayGoOn(job: JsonObject | null, pod: JsonObject): boolean {
  const isNever = textIn(fieldIn(pod, "spec"), "restartPolicy") === "Never";
  return terminatedIn(mainStatus(pod)) === undefined || (hasRetriesLeft(job, pod) && !isNever);
}

/** The flow's container has failed, and the Job lets it be tried again: by a further pod, where this one does not. */
export function hasRetriesLeft(job: JsonObject | null, pod: JsonObject): boolean {
  const end = terminatedIn(mainStatus(pod));
  return end !== undefined && end.code !== 0 && fieldIn(fieldIn(job ?? undefined, "spec"), "backoffLimit") !== 0;
}

/** Nothing is wrong: the cluster is at it. */
const USUAL = new Set(["ContainerCreating", "PodInitializing", ""]);

/** Why a pod does not start, as the cluster reports it; undefined where it reports no reason. */
export function pendingReason(pod: JsonObject): Condition | undefined {
  const statuses = ["initContainerStatuses", "containerStatuses"].flatMap((name) =>
    listIn(fieldIn(pod, "status"), name),
  );
  for (const status of statuses) {
    const waiting = fieldIn(fieldIn(status, "state"), "waiting");
    const reason = textIn(waiting, "reason");
    if (!USUAL.has(reason)) return { reason, message: textIn(waiting, "message") };
  }
  return conditionOf(pod, "PodScheduled", "False");
}

/**
 * Its node does not answer: the cluster has marked it as not ready for that, while its containers are as they were seen last,
 * and a pod whose own conditions are not met says so.
 */
export function isNodeSilent(pod: JsonObject): boolean {
  const unready = conditionOf(pod, "Ready", "False");
  const isWell = conditionOf(pod, "ContainersReady") !== undefined && unready?.reason !== "ReadinessGatesNotReady";
  return unready !== undefined && isWell && !isOver(pod);
}

const UNREACHABLE = "node.kubernetes.io/unreachable";

/** So many seconds the pod may stay at a node that does not answer, by its manifest or the cluster's rule; null for any time. */
export function tolerationOf(pod: JsonObject): number | null {
  const matching = listIn(fieldIn(pod, "spec"), "tolerations").filter((one) => {
    const [key, effect] = [textIn(one, "key"), textIn(one, "effect")];
    const isAny = textIn(one, "operator") === "Exists" || (key !== "" && textIn(one, "value") === "");
    return isAny && (key === "" || key === UNREACHABLE) && (effect === "" || effect === "NoExecute");
  });
  if (matching.length === 0) return 0;
  const times = matching.map((one) => fieldIn(one, "tolerationSeconds")).filter((time) => typeof time === "number");
  return times.length === 0 ? null : Math.max(0, Math.min(...times));
}

/** The memory limit of the flow's container, as the manifest has it. */
export function memoryLimitOf(pod: JsonObject): string | undefined {
  const container = listIn(fieldIn(pod, "spec"), "containers").find(({ name }) => name === mainContainer(pod));
  const limit = fieldIn(fieldIn(fieldIn(container, "resources"), "limits"), "memory");
  return typeof limit === "string" ? limit : undefined;
}

function mainStatus(pod: JsonObject): JsonObject | undefined {
  const name = mainContainer(pod);
  return listIn(fieldIn(pod, "status"), "containerStatuses").find((status) => status["name"] === name);
}

export function fieldIn(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? (value as JsonObject)[name] : undefined; // JSON holds JSON
}

export function textIn(value: Json | undefined, name: string): string {
  const text = fieldIn(value, name);
  return typeof text === "string" ? text : "";
}

export function listIn(value: Json | undefined, name: string): JsonObject[] {
  const list = fieldIn(value, name);
  return Array.isArray(list) ? list.filter(isObject).map((item) => item as JsonObject) : []; // JSON holds JSON
}
