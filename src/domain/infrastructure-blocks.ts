// The kinds of infrastructure a deployment can name, with the fields and defaults of Prefect 2.10.4's blocks in the order
// its deployment files print them.
import type { JsonObject } from "#lib/json.ts";

const COMMON = { env: {}, labels: {}, name: null, command: null };
/** What Prefect 2.10.4 runs containers from by default. */
const IMAGE = "prefecthq/prefect:2.10.4-python3.11";

const DEFAULTS = {
  process: { type: "process", ...COMMON, stream_output: true, working_dir: null },
  "docker-container": {
    ...{ type: "docker-container", ...COMMON, image: IMAGE, image_pull_policy: null, image_registry: null },
    ...{ networks: [], network_mode: null, auto_remove: false, volumes: [], stream_output: true },
    ...{ memswap_limit: null, mem_limit: null, privileged: false },
  },
  "kubernetes-job": {
    ...{ type: "kubernetes-job", ...COMMON, image: IMAGE, namespace: "default", service_account_name: null },
    ...{ image_pull_policy: null, cluster_config: null },
    job: {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { labels: {} },
      spec: {
        template: {
          spec: {
            ...{ parallelism: 1, completions: 1, restartPolicy: "Never" },
            containers: [{ name: "prefect-job", env: [] }],
          },
        },
      },
    },
    ...{ customizations: [], job_watch_timeout_seconds: null, pod_watch_timeout_seconds: 60 },
    ...{ stream_output: true, finished_job_ttl: null },
  },
} as const satisfies Record<string, JsonObject>;

export type InfrastructureType = keyof typeof DEFAULTS;
export const INFRASTRUCTURE_TYPES = Object.keys(DEFAULTS) as InfrastructureType[];

export function isInfrastructureType(slug: string): slug is InfrastructureType {
  return Object.hasOwn(DEFAULTS, slug);
}

/** The fields of such a block, where nothing is set. */
export function infrastructureDefaults(slug: InfrastructureType): JsonObject {
  return structuredClone<JsonObject>(DEFAULTS[slug]);
}

/** A block of defaults as deployment files print it. */
export function newInfrastructure(slug: InfrastructureType, command: string[] | null): JsonObject {
  return { ...infrastructureDefaults(slug), command, block_type_slug: slug, _block_type_slug: slug };
}

/** Flow code of an image lies here, unless a storage block says otherwise. */
export const IMAGE_FLOWS = "/opt/prefect/flows";

export function isImageBased(block: JsonObject): boolean {
  return "image" in block;
}
