// Docker Container and Docker Registry: a flow run in a container of its own.
import { type BlockTypeDefinition, blockFields, nested } from "./block-type.ts";
import { anyOf, commonJobFields, flag, secretText, text, texts } from "./fields.ts";

export const dockerRegistry: BlockTypeDefinition = {
  slug: "docker-registry",
  name: "Docker Registry",
  description: "Logs in where images come from.",
  is_protected: false,
  capabilities: ["docker-login"],
  fields: blockFields(
    "DockerRegistry",
    {
      username: text("Username"),
      password: secretText("Password"),
      registry_url: text("Registry Url"),
      reauth: flag("Reauth", true),
    },
    { required: ["username", "password", "registry_url"], secret: ["password"] },
  ),
};

export const dockerContainer: BlockTypeDefinition = {
  slug: "docker-container",
  name: "Docker Container",
  description: "Runs a flow in a Docker container.",
  is_protected: false,
  capabilities: ["run-infrastructure"],
  fields: blockFields(
    "DockerContainer",
    {
      ...commonJobFields("docker-container"),
      image: text("Image"),
      image_pull_policy: { allOf: [{ $ref: "#/definitions/ImagePullPolicy" }] },
      image_registry: { $ref: "#/definitions/DockerRegistry" },
      networks: texts("Networks"),
      network_mode: text("Network Mode"),
      auto_remove: flag("Auto Remove", false),
      volumes: texts("Volumes"),
      stream_output: flag("Stream Output", true),
      memswap_limit: anyOf("Memswap Limit", { type: "integer" }, { type: "string" }),
      mem_limit: anyOf("Mem Limit", { type: "number" }, { type: "string" }),
      privileged: flag("Privileged", false),
    },
    {
      secret: ["image_registry.password"],
      definitions: {
        ImagePullPolicy: { title: "ImagePullPolicy", enum: ["IF_NOT_PRESENT", "ALWAYS", "NEVER"], type: "string" },
        DockerRegistry: nested(dockerRegistry),
      },
      blocks: { image_registry: { block_type_slug: "docker-registry" } },
    },
  ),
};
