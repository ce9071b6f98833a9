// Process: a flow run as a child process of its agent.
import { type BlockTypeDefinition, blockFields } from "./block-type.ts";

export const process: BlockTypeDefinition = {
  slug: "process",
  name: "Process",
  description: "Runs a flow in a new process on the machine of the agent.",
  is_protected: true,
  capabilities: ["run-infrastructure"],
  fields: blockFields("Process", {
    type: { title: "Type", default: "process", enum: ["process"], type: "string" },
    env: { title: "Environment", type: "object", additionalProperties: { type: "string" } },
    labels: { title: "Labels", type: "object", additionalProperties: { type: "string" } },
    name: { title: "Name", type: "string" },
    command: { title: "Command", type: "array", items: { type: "string" } },
    stream_output: { title: "Stream Output", default: true, type: "boolean" },
    working_dir: { title: "Working Dir", anyOf: [{ type: "string" }, { type: "string", format: "path" }] },
  }),
};
