// The types of work pool that orch knows, and what a new pool of each begins with.
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";

const text = (title: string, description: string) => ({ title, description, type: "string" });
const texts = (title: string, description: string) => ({
  ...{ title, description, type: "object" },
  additionalProperties: { type: "string" },
});

const PROCESS_VARIABLES: JsonObject = {
  name: text("Name", "The name of the process, for people."),
  env: texts("Environment Variables", "Variables the process starts with."),
  labels: texts("Labels", "Labels of the process."),
  command: text("Command", "What is started instead of the engine."),
  stream_output: {
    ...{ title: "Stream Output", description: "Show what runs print where the worker was started." },
    ...{ default: true, type: "boolean" },
  },
  working_dir: {
    ...text("Working Directory", "The folder that runs start in. Default: a new one for each run."),
    format: "path",
  },
};

/** Every variable goes into the job under its own name. */
function templateOf(variables: JsonObject): JsonObject {
  const fields = ["command", "env", "labels", "name", "stream_output", "working_dir"];
  const job_configuration = Object.fromEntries(fields.map((field) => [field, `{{ ${field} }}`]));
  return { job_configuration, variables: { type: "object", properties: variables } };
}

export interface WorkPoolType {
  type: string;
  description: string;
  /** What a new pool begins with. */
  baseJobTemplate: JsonObject;
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
  },
];

/** Throws `invalid` with a sentence that lists the types. */
export function baseJobTemplateOf(type: string): JsonObject {
  const found = WORK_POOL_TYPES.find((known) => known.type === type);
  if (found) return found.baseJobTemplate;
  const known = WORK_POOL_TYPES.map((entry) => entry.type).join(", ");
  throw new OrchError("invalid", `Unknown work pool type '${type}'. Please choose from ${known}.`);
}
