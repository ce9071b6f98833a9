// The types of work pool that orch knows, and what a new pool of each begins with.
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import type { InfrastructureType } from "./infrastructure-blocks.ts";

const text = (title: string, description: string) => ({ title, description, type: "string" });
const texts = (title: string, description: string) => ({
  ...{ title, description, type: "object" },
  additionalProperties: { type: "string" },
});

const list = (title: string, description: string) => ({ title, description, type: "array", items: { type: "string" } });
const number = (title: string, description: string) => ({ title, description, type: "integer" });
const flag = (title: string, description: string, usual: boolean) => ({
  ...{ title, description },
  ...{ default: usual, type: "boolean" },
});
/** A block of the definition. */
const block = (title: string, description: string, definition: string) => ({
  ...{ title, description },
  allOf: [{ $ref: `#/definitions/${definition}` }],
});

const STREAM_OUTPUT = flag("Stream Output", "Show what runs print where the worker was started.", true);
const PULL_POLICIES = { enum: ["IfNotPresent", "Always", "Never"], type: "string" };

const PROCESS_VARIABLES: JsonObject = {
  name: text("Name", "The name of the process, for people."),
  env: texts("Environment Variables", "Variables the process starts with."),
  labels: texts("Labels", "Labels of the process."),
  command: text("Command", "What is started instead of the engine."),
  stream_output: STREAM_OUTPUT,
  working_dir: {
    ...text("Working Directory", "The folder that runs start in. Default: a new one for each run."),
    format: "path",
  },
};

const DOCKER_VARIABLES: JsonObject = {
  name: text("Name", "The name of the container. Default: the run's."),
  env: texts("Environment Variables", "Variables the container starts with."),
  labels: texts("Labels", "Labels of the container."),
  command: text("Command", "What is started instead of the engine."),
  image: text("Image", "The image of the container."),
  image_pull_policy: {
    ...{ title: "Image Pull Policy", description: "When the image is pulled. Default: by its tag." },
    ...PULL_POLICIES,
  },
  registry_credentials: block(
    "Registry Credentials",
    "A docker-registry block with the login for the image's registry.",
    "DockerRegistry",
  ),
  networks: list("Networks", "Networks that the container joins."),
  network_mode: text("Network Mode", "The network mode of the container, such as host or bridge."),
  auto_remove: flag("Auto Remove", "Remove the container when it has ended.", false),
  volumes: list("Volumes", "Volumes, as /folder/of/the/machine:/folder/in/the/container."),
  stream_output: STREAM_OUTPUT,
  mem_limit: text("Memory Limit", "The most memory of the container, such as 512m."),
  memswap_limit: text("Memory Swap Limit", "The most memory and swap together. -1 for no limit of swap."),
  privileged: flag("Privileged", "Give the container the rights of the machine.", false),
};

/** The fields of a login, as they are among the definitions of a template. */
const DOCKER_REGISTRY: JsonObject = {
  ...{ title: "DockerRegistry", type: "object", block_type_slug: "docker-registry", block_schema_references: {} },
  properties: {
    username: { title: "Username", type: "string" },
    password: { title: "Password", type: "string", writeOnly: true, format: "password" },
    registry_url: { title: "Registry Url", type: "string" },
    reauth: { title: "Reauth", default: true, type: "boolean" },
  },
  required: ["username", "password", "registry_url"],
};

const KUBERNETES_VARIABLES: JsonObject = {
  name: text("Name", "What the name of the Job begins with. Default: the run's."),
  env: texts("Environment Variables", "Variables the container starts with."),
  labels: texts("Labels", "Labels of the Job and its pods."),
  command: text("Command", "What is started instead of the engine."),
  namespace: { ...text("Namespace", "The namespace of the Job."), default: "default" },
  image: text("Image", "The image of the container."),
  image_pull_policy: {
    ...{ title: "Image Pull Policy", description: "When the image is pulled.", default: "IfNotPresent" },
    ...PULL_POLICIES,
  },
  service_account_name: text("Service Account Name", "The service account of the pod."),
  finished_job_ttl: number("Finished Job TTL", "Seconds until the cluster removes a Job that has ended."),
  job_watch_timeout_seconds: number("Job Watch Timeout Seconds", "The most seconds that a run may take."),
  pod_watch_timeout_seconds: {
    ...number("Pod Watch Timeout Seconds", "The most seconds until the pod has started."),
    default: 60,
  },
  stream_output: STREAM_OUTPUT,
  cluster_config: block(
    "Cluster Config",
    "A kubernetes-cluster-config block. Default: the worker's own cluster.",
    "KubernetesClusterConfig",
  ),
};

const KUBERNETES_CLUSTER_CONFIG: JsonObject = {
  ...{ title: "KubernetesClusterConfig", type: "object", block_type_slug: "kubernetes-cluster-config" },
  block_schema_references: {},
  properties: { config: { title: "Config", type: "object" }, context_name: { title: "Context Name", type: "string" } },
  required: ["config", "context_name"],
};

/** As Prefect's Kubernetes worker has it: the whole manifest can be changed. */
const JOB_MANIFEST: JsonObject = {
  ...{ apiVersion: "batch/v1", kind: "Job" },
  metadata: { labels: "{{ labels }}", namespace: "{{ namespace }}", generateName: "{{ name }}-" },
  spec: {
    ...{ backoffLimit: 0, ttlSecondsAfterFinished: "{{ finished_job_ttl }}" },
    template: {
      spec: {
        ...{ parallelism: 1, completions: 1, restartPolicy: "Never", serviceAccountName: "{{ service_account_name }}" },
        containers: [
          {
            ...{ name: "prefect-job", env: "{{ env }}", image: "{{ image }}" },
            ...{ imagePullPolicy: "{{ image_pull_policy }}", args: "{{ command }}" },
          },
        ],
      },
    },
  },
};
const IN_MANIFEST = new Set(["image", "image_pull_policy", "service_account_name", "finished_job_ttl"]);

function kubernetesTemplate(): JsonObject {
  const { job_configuration: fields, ...rest } = templateOf(KUBERNETES_VARIABLES, {
    KubernetesClusterConfig: KUBERNETES_CLUSTER_CONFIG,
  });
  const own = Object.entries(fields as JsonObject).filter(([name]) => !IN_MANIFEST.has(name)); // made by templateOf
  return { job_configuration: { ...Object.fromEntries(own), job_manifest: JOB_MANIFEST }, ...rest };
}

/** Every variable goes into the job under its own name. */
function templateOf(variables: JsonObject, definitions?: JsonObject): JsonObject {
  const fields = Object.keys(variables).toSorted();
  const job_configuration = Object.fromEntries(fields.map((field) => [field, `{{ ${field} }}`]));
  return {
    job_configuration,
    variables: { type: "object", ...(definitions ? { definitions } : {}), properties: variables },
  };
}

export interface WorkPoolType {
  type: string;
  description: string;
  /** What a new pool begins with. */
  baseJobTemplate: JsonObject;
  /** The infrastructure that its workers start jobs on; undefined where agents take the runs. */
  infrastructure?: InfrastructureType;
}

export const USUAL_TYPE = "prefect-agent";

/** Agents take runs of any pool; their jobs come from the deployments' own infrastructure. */
export const WORK_POOL_TYPES: readonly WorkPoolType[] = [
  {
    type: USUAL_TYPE,
    description: "Runs flows through an agent, on the infrastructure that each deployment names.",
    baseJobTemplate: {},
  },
  {
    type: "process",
    description: "Runs flows as processes on the machine of a worker.",
    baseJobTemplate: templateOf(PROCESS_VARIABLES),
    infrastructure: "process",
  },
  {
    type: "docker",
    description: "Runs flows in containers, started by a worker where a container engine answers.",
    baseJobTemplate: templateOf(DOCKER_VARIABLES, { DockerRegistry: DOCKER_REGISTRY }),
    infrastructure: "docker-container",
  },
  {
    type: "kubernetes",
    description: "Runs flows as Jobs of a Kubernetes cluster, made by a worker in it or with a kubeconfig.",
    baseJobTemplate: kubernetesTemplate(),
    infrastructure: "kubernetes-job",
  },
];

/** The types of pool that workers take runs of. */
export const WORKER_TYPES: readonly string[] = WORK_POOL_TYPES.filter(({ infrastructure }) => infrastructure).map(
  ({ type }) => type,
);

/** Undefined for a type that has no workers. */
export function infrastructureOfPool(type: string): InfrastructureType | undefined {
  return WORK_POOL_TYPES.find((known) => known.type === type)?.infrastructure;
}

/** Throws `invalid` with a sentence that lists the types. */
export function baseJobTemplateOf(type: string): JsonObject {
  const found = WORK_POOL_TYPES.find((known) => known.type === type);
  if (found) return found.baseJobTemplate;
  const known = WORK_POOL_TYPES.map((entry) => entry.type).join(", ");
  throw new OrchError("invalid", `Unknown work pool type '${type}'. Please choose from ${known}.`);
}
