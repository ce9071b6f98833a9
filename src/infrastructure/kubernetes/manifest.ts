// Turns a job into the Job that a cluster is asked for, as Prefect 2.10.4 does it.
import { infrastructureDefaults } from "#domain/infrastructure-blocks.ts";
import { OrchError } from "#lib/errors.ts";
import { copyJson, isObject, type Json, type JsonObject, textOfJson, tryParseJson } from "#lib/json.ts";
import { patched } from "#lib/json-patch.ts";
import { setOwn } from "#lib/own.ts";
import { PREFECT_VERSION } from "#wire/version.ts";
import { apiUrlFor, containerEnvironment } from "../container-environment.ts";
import { labelsOf, ownLabels, RUN_LABEL } from "../container-labels.ts";
import type { Job } from "../infrastructure.ts";
import { commandOf, fieldOf, nameOf, textOf } from "../job-fields.ts";
import { labelKey, labelValue, nameSlug } from "./slug.ts";

export interface JobManifest {
  namespace: string;
  /** What the Job's name begins with; it is made unique when the Job is made. */
  prefix: string;
  /** The body of the request that makes the Job, without its name. */
  body: JsonObject;
}

/** Throws `invalid` with a sentence for a manifest that no run can have. */
export async function jobManifest(job: Job, settings: Readonly<Record<string, string>>): Promise<JobManifest> {
  const body = baseOf(job);
  const metadata = objectIn(body, "metadata");
  const spec = objectIn(body, "spec");
  const template = objectIn(spec, "template");
  const pod = objectIn(template, "spec");
  const container = firstContainer(pod);
  setOwn(metadata, "namespace", textIn(job, "namespace") ?? metadata["namespace"] ?? "default");
  setOwn(metadata, "generateName", `${ownPrefix(job, metadata) || nameSlug(nameOf(job))}-`);
  setOwn(container, "image", imageOf(job, container, settings));
  const labels = { ...prefectLabels(sayable(await labelsOf(job))), ...prefectLabels(ownLabels(job)) };
  // People and network policies find pods by their labels.
  for (const labelled of [metadata, objectIn(template, "metadata")]) {
    setLabels(labelled, { ...usualLabels(job), ...objectIn(labelled, "labels"), ...labels });
  }
  const environment = containerEnvironment(job, settings, apiUrlFor(job, settings));
  const known = Array.isArray(container["env"]) ? container["env"] : []; // a template of a pool may have them as pairs
  setOwn(container, "env", [
    ...known,
    ...Object.entries(environment).map(([name, value]) => ({ name, value: literal(value) })),
  ]);
  const fields: [holder: JsonObject, name: string, value: Json][] = [
    [container, "imagePullPolicy", textOf(job, "image_pull_policy")],
    [pod, "serviceAccountName", textOf(job, "service_account_name")],
    [spec, "ttlSecondsAfterFinished", fieldOf(job, "finished_job_ttl")],
    [container, "args", argumentsOf(job, container)],
  ];
  for (const [holder, name, value] of fields) if (value !== null) setOwn(holder, name, value);
  // A second pod would execute the flow once more: retries are the flow's own.
  if (spec["backoffLimit"] === undefined) setOwn(spec, "backoffLimit", 0);
  return finished(job, body);
}

/** The cluster reads `$(NAME)` as a variable, and `$$` as one sign. */
function literal(text: string): string {
  return /\$[$(]/.test(text) ? text.replaceAll("$", () => "$$") : text;
}

/** With the customizations, which have the last word on all but what the run is known by. */
function finished(job: Job, body: JsonObject): JobManifest {
  const result = patched(body, customizationsOf(job), "'customizations'");
  if (!isObject(result)) throw new OrchError("invalid", "'customizations' leave no manifest.");
  const changed = result as JsonObject; // JSON holds JSON
  const metadata = objectIn(changed, "metadata");
  setOwn(objectIn(metadata, "labels"), RUN_LABEL, job.run.id);
  const prefix = nameSlug(textOfJson(metadata["generateName"] ?? metadata["name"] ?? "")) || "prefect-job";
  delete metadata["generateName"];
  delete metadata["name"];
  return { namespace: textOfJson(metadata["namespace"] ?? "default"), prefix, body: changed };
}

/** A block's base manifest, or the manifest that a work pool's template holds. */
function baseOf(job: Job): JsonObject {
  const own = fieldOf(job, "job_manifest");
  if (isObject(own)) return withPlainLabels(copyJson(own as JsonObject)); // JSON holds JSON
  const base = infrastructureDefaults("kubernetes-job")["job"] as JsonObject; // a constant of ours
  const given = fieldOf(job, "job");
  if (!isObject(given)) return base;
  const missing: string[] = [];
  const other: string[] = [];
  compare(given as JsonObject, base, "", missing, other); // as above
  const problem =
    missing.length > 0
      ? `lacks ${missing.join(", ")}`
      : other.length > 0
        ? `has other values than it may have: ${other.join(", ")}`
        : undefined;
  if (problem) throw new OrchError("invalid", `The base manifest of the kubernetes-job ('job') ${problem}.`);
  return copyJson(given as JsonObject); // as above
}

/** What the base has must be there, with the same fixed values. Names of containers are fixed too. */
function compare(given: Json, base: Json, path: string, missing: string[], other: string[]): void {
  if (Array.isArray(base) || isObject(base)) {
    if (Array.isArray(base) ? !Array.isArray(given) : !isObject(given)) {
      other.push(`${path} must be ${Array.isArray(base) ? "a list" : "a mapping"}`);
      return;
    }
    for (const [key, value] of Object.entries(base)) {
      const found = (given as JsonObject)[key]; // lists have their places as keys
      if (found === undefined) missing.push(`${path}/${key}`);
      else compare(found, value as Json, `${path}/${key}`, missing, other); // JSON holds JSON
    }
  } else if (given !== base) {
    other.push(`${path} must be ${JSON.stringify(base)}`);
  }
}

function customizationsOf(job: Job): Json[] {
  const given = fieldOf(job, "customizations");
  if (given === null || given === "") return [];
  const read = typeof given === "string" ? tryParseJson(given) : given;
  if (Array.isArray(read)) return read;
  throw new OrchError("invalid", "'customizations' of the kubernetes-job must be a list of JSON patch operations.");
}

/** The block's, the manifest's, the setting's, the usual one: the first that there is. */
function imageOf(job: Job, container: JsonObject, settings: Readonly<Record<string, string>>): Json {
  const own = textIn(job, "image") ?? container["image"];
  if (own) return own;
  return (commandOf(job) === null && settings["ORCH_DEFAULT_IMAGE"]) || fieldOf(job, "image");
}

/** What the name of the Job begins with, where a work pool's template says so by itself. */
function ownPrefix(job: Job, metadata: JsonObject): string {
  const given = isOfPool(job) ? textOfJson(metadata["generateName"] ?? "") : "";
  return given.includes("{{") ? "" : nameSlug(given); // a variable without a value
}

/** Null for those that a work pool's template has by itself. */
function argumentsOf(job: Job, container: JsonObject): Json {
  const command = commandOf(job);
  if (command === null && isOfPool(job) && Array.isArray(container["args"])) return null;
  return (command ?? ["orch", "engine"]).map(literal);
}

function isOfPool(job: Job): boolean {
  return isObject(fieldOf(job, "job_manifest"));
}

/** What the block itself says: the default of the type comes after the manifest's value. */
function textIn(job: Job, name: string): string | null {
  return Object.hasOwn(job.block, name) ? textOf(job, name) : null;
}

function firstContainer(pod: JsonObject): JsonObject {
  const [container] = Array.isArray(pod["containers"]) ? pod["containers"] : [];
  if (isObject(container)) return container as JsonObject; // JSON holds JSON
  throw new OrchError("invalid", "The manifest of the kubernetes-job names no container.");
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels */
function usualLabels({ run }: Job): Record<string, string> {
  return {
    "app.kubernetes.io/name": "orch-flow-run",
    ...prefectLabels(sayable({ "app.kubernetes.io/instance": run.name })),
    "app.kubernetes.io/component": "flow-run",
    "app.kubernetes.io/part-of": "orch",
    "app.kubernetes.io/managed-by": "orch",
    "app.kubernetes.io/version": PREFECT_VERSION,
  };
}

/** Those of which a label can keep something: a run may have a name in any script, and starts all the same. */
function sayable(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => /^[a-z0-9]/.test(labelValue(value))));
}

function prefectLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [labelKey(key), labelValue(value)]));
}

/** A template has them as people wrote them. */
function withPlainLabels(manifest: JsonObject): JsonObject {
  const metadata = objectIn(manifest, "metadata");
  const labels = Object.entries(objectIn(metadata, "labels")).map(([key, value]) => [key, textOfJson(value)]);
  setOwn(metadata, "labels", prefectLabels(Object.fromEntries(labels)));
  return manifest;
}

function setLabels(labelled: JsonObject, labels: JsonObject): void {
  for (const [key, value] of Object.entries(labels)) setOwn(objectIn(labelled, "labels"), key, value);
}

/** The mapping of that name, made where it is missing. */
function objectIn(holder: JsonObject, name: string): JsonObject {
  const known = holder[name];
  if (isObject(known)) return known as JsonObject; // JSON holds JSON
  const made: JsonObject = {};
  setOwn(holder, name, made);
  return made;
}
