// Kubernetes Job and Kubernetes Cluster Config: a flow run as a job of a cluster.
import { type BlockTypeDefinition, blockFields, nested } from "./block-type.ts";
import { commonJobFields, flag, integer, object, text } from "./fields.ts";

export const kubernetesClusterConfig: BlockTypeDefinition = {
  slug: "kubernetes-cluster-config",
  name: "Kubernetes Cluster Config",
  description: "Says how to reach a Kubernetes cluster.",
  is_protected: false,
  capabilities: [],
  fields: blockFields(
    "KubernetesClusterConfig",
    { config: object("Config"), context_name: text("Context Name") },
    { required: ["config", "context_name"] },
  ),
};

export const kubernetesJob: BlockTypeDefinition = {
  slug: "kubernetes-job",
  name: "Kubernetes Job",
  description: "Runs a flow as a Kubernetes job.",
  is_protected: false,
  capabilities: ["run-infrastructure"],
  fields: blockFields(
    "KubernetesJob",
    {
      ...commonJobFields("kubernetes-job"),
      image: text("Image"),
      namespace: text("Namespace"),
      service_account_name: text("Service Account Name"),
      image_pull_policy: { allOf: [{ $ref: "#/definitions/KubernetesImagePullPolicy" }] },
      cluster_config: { title: "Cluster Config", allOf: [{ $ref: "#/definitions/KubernetesClusterConfig" }] },
      job: object("Base Job Manifest"),
      customizations: {
        ...{ title: "Customizations", type: "array", format: "rfc6902" },
        items: { type: "object", additionalProperties: { type: "string" } },
      },
      job_watch_timeout_seconds: integer("Job Watch Timeout Seconds"),
      pod_watch_timeout_seconds: integer("Pod Watch Timeout Seconds", 60),
      stream_output: flag("Stream Output", true),
      finished_job_ttl: integer("Finished Job Ttl"),
    },
    {
      definitions: {
        KubernetesImagePullPolicy: {
          title: "KubernetesImagePullPolicy",
          enum: ["IfNotPresent", "Always", "Never"],
        },
        KubernetesClusterConfig: nested(kubernetesClusterConfig),
      },
      blocks: { cluster_config: { block_type_slug: "kubernetes-cluster-config" } },
    },
  ),
};
