// GitLab Repository and GitLab Credentials, with the fields of prefect-gitlab: its client registers the same types.
import { type BlockTypeDefinition, blockFields, nested } from "./block-type.ts";
import { secretText, text } from "./fields.ts";

export const gitlabCredentials: BlockTypeDefinition = {
  slug: "gitlab-credentials",
  name: "GitLab Credentials",
  description: "Holds a token that may read repositories on GitLab.",
  is_protected: false,
  capabilities: [],
  fields: blockFields(
    "GitLabCredentials",
    { token: secretText("Token", { name: "Personal Access Token" }), url: text("URL") },
    { secret: ["token"] },
  ),
};

export const gitlabRepository: BlockTypeDefinition = {
  slug: "gitlab-repository",
  name: "GitLab Repository",
  description: "Takes flow code from a repository on GitLab.",
  is_protected: false,
  capabilities: ["get-directory"],
  fields: blockFields(
    "GitLabRepository",
    {
      repository: text("Repository"),
      reference: text("Reference"),
      credentials: { title: "Credentials", allOf: [{ $ref: "#/definitions/GitLabCredentials" }] },
    },
    {
      required: ["repository"],
      secret: ["credentials.token"],
      definitions: { GitLabCredentials: nested(gitlabCredentials) },
      blocks: { credentials: { block_type_slug: "gitlab-credentials" } },
    },
  ),
};
