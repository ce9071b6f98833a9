// Process: a flow run as a child process of its agent.
import { type BlockTypeDefinition, blockFields } from "./block-type.ts";
import { anyOf, commonJobFields, flag } from "./fields.ts";

export const process: BlockTypeDefinition = {
  slug: "process",
  name: "Process",
  description: "Runs a flow in a new process on the machine of the agent.",
  is_protected: true,
  capabilities: ["run-infrastructure"],
  fields: blockFields("Process", {
    ...commonJobFields("process"),
    stream_output: flag("Stream Output", true),
    working_dir: anyOf("Working Dir", { type: "string" }, { type: "string", format: "path" }),
  }),
};
