// The labels of a job: what people look for when they list the containers or pods of flow runs.
import { isObject, textOfJson } from "#lib/json.ts";
import { PREFECT_VERSION } from "#wire/version.ts";
import type { Job } from "./infrastructure.ts";
import { fieldOf } from "./job-fields.ts";

/** The label with the id of the flow run, by which a job is known as the run's. */
export const RUN_LABEL = "prefect.io/flow-run-id";

/** Those of the run, and the block's own under the names that the block has for them. */
export async function labelsOf(job: Job): Promise<Record<string, string>> {
  const { run, deployment } = job;
  const flowName = await deployment?.flowName();
  return {
    [RUN_LABEL]: run.id,
    "prefect.io/flow-run-name": run.name,
    "prefect.io/version": PREFECT_VERSION,
    ...(deployment
      ? { "prefect.io/deployment-name": deployment.name, "prefect.io/deployment-updated": deployment.updated }
      : {}),
    ...(flowName === undefined ? {} : { "prefect.io/flow-name": flowName }),
  };
}

/** The labels that the block names; without those that are unset. */
export function ownLabels(job: Pick<Job, "type" | "block">): Record<string, string> {
  const labels = fieldOf(job, "labels");
  if (!isObject(labels)) return {};
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (value === null ? [] : [[name, textOfJson(value)]])),
  );
}
