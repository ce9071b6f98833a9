// Blocks that say where a flow runs. Agents of this version start processes; the others can be saved and loaded.
import { dockerContainer, dockerRegistry } from "#blocks/containers.ts";
import { kubernetesClusterConfig, kubernetesJob } from "#blocks/kubernetes.ts";
import { process } from "#blocks/process.ts";
import { type InfrastructureType, infrastructureDefaults } from "#domain/infrastructure-blocks.ts";
import type { JsonObject } from "#lib/json.ts";
import { Block } from "./block.ts";
import { camelCase } from "./fields.ts";

/** What every kind of infrastructure can be told. */
export interface JobFields {
  /** Variables of the run's environment; null takes one away. */
  env?: Record<string, string | null> | null;
  labels?: Record<string, string> | null;
  name?: string | null;
  /** Default: the engine of the flow's language. */
  command?: string[] | null;
  /** Show what the run prints in the agent's output. Default: true. */
  streamOutput?: boolean;
}

export abstract class JobBlock<Fields extends JobFields> extends Block<Fields> {
  declare type: string;
  declare env: Record<string, string | null>;
  declare labels: Record<string, string>;
  declare name: string | null;
  declare command: string[] | null;
  declare streamOutput: boolean;

  constructor(slug: InfrastructureType, fields: Fields) {
    const told = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
    super({ ...usual(slug), ...Object.fromEntries(told) } as Fields); // the defaults are those of its fields
  }
}

function usual(slug: InfrastructureType): object {
  const defaults = Object.entries(infrastructureDefaults(slug));
  return Object.fromEntries(defaults.map(([key, value]) => [camelCase(key), value]));
}

export interface ProcessFields extends JobFields {
  /** Where the run works. Default: a folder of its own with the flow's code. */
  workingDir?: string | null;
}

/** A process on the machine of the agent. */
export class Process extends JobBlock<ProcessFields> {
  static override readonly definition = process;
  declare workingDir: string | null;

  constructor(fields: ProcessFields = {}) {
    super("process", fields);
  }
}

export interface DockerContainerFields extends JobFields {
  image?: string | null;
  imagePullPolicy?: "IF_NOT_PRESENT" | "ALWAYS" | "NEVER" | null;
  imageRegistry?: DockerRegistry | null;
  networks?: string[] | null;
  networkMode?: string | null;
  /** Default: false. */
  autoRemove?: boolean;
  volumes?: string[] | null;
  memswapLimit?: number | string | null;
  memLimit?: number | string | null;
  /** Default: false. */
  privileged?: boolean;
}

export class DockerContainer extends JobBlock<DockerContainerFields> {
  static override readonly definition = dockerContainer;
  declare image: string | null;
  declare imagePullPolicy: DockerContainerFields["imagePullPolicy"];
  declare imageRegistry: DockerRegistry | JsonObject | null;
  declare networks: string[] | null;
  declare networkMode: string | null;
  declare autoRemove: boolean;
  declare volumes: string[] | null;
  declare memswapLimit: number | string | null;
  declare memLimit: number | string | null;
  declare privileged: boolean;

  constructor(fields: DockerContainerFields = {}) {
    super("docker-container", fields);
  }
}

export interface DockerRegistryFields {
  username: string;
  password: string;
  registryUrl: string;
  /** Default: true. */
  reauth?: boolean;
}

export class DockerRegistry extends Block<DockerRegistryFields> {
  static override readonly definition = dockerRegistry;
  declare username: string;
  declare password: string;
  declare registryUrl: string;
  declare reauth: boolean;
}

export interface KubernetesJobFields extends JobFields {
  image?: string | null;
  namespace?: string | null;
  serviceAccountName?: string | null;
  imagePullPolicy?: "IfNotPresent" | "Always" | "Never" | null;
  clusterConfig?: KubernetesClusterConfig | null;
  /** The manifest that the job is made from. */
  job?: JsonObject | null;
  /** JSON patches of the manifest. */
  customizations?: JsonObject[] | null;
  jobWatchTimeoutSeconds?: number | null;
  /** Default: 60. */
  podWatchTimeoutSeconds?: number;
  finishedJobTtl?: number | null;
}

export class KubernetesJob extends JobBlock<KubernetesJobFields> {
  static override readonly definition = kubernetesJob;
  declare image: string | null;
  declare namespace: string | null;
  declare serviceAccountName: string | null;
  declare imagePullPolicy: KubernetesJobFields["imagePullPolicy"];
  declare clusterConfig: KubernetesClusterConfig | JsonObject | null;
  declare job: JsonObject | null;
  declare customizations: JsonObject[] | null;
  declare jobWatchTimeoutSeconds: number | null;
  declare podWatchTimeoutSeconds: number;
  declare finishedJobTtl: number | null;

  constructor(fields: KubernetesJobFields = {}) {
    super("kubernetes-job", fields);
  }
}

export interface KubernetesClusterConfigFields {
  config: JsonObject;
  contextName: string;
}

export class KubernetesClusterConfig extends Block<KubernetesClusterConfigFields> {
  static override readonly definition = kubernetesClusterConfig;
  declare config: JsonObject;
  declare contextName: string;
}
