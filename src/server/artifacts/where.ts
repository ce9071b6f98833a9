// Artifact filters to SQL. A filter on runs keeps the artifacts that belong to a match.
import { all, any, type Condition, condition, within } from "#db/sql.ts";
import type { ArtifactCollectionFilter, ArtifactFilter } from "#wire/filters.ts";
import { type Filters, field, flowRunsWhere, taskRunsWhere } from "../kernel/filters.ts";

/** `artifact.key` for all of them, `artifact_collection.key` for the newest ones. */
function conditions(filter: ArtifactFilter | ArtifactCollectionFilter, key: string): Condition {
  const exists = filter.key?.exists_;
  const found = [
    ...field("artifact.id", "latest_id" in filter ? filter.latest_id : filter.id),
    ...field(key, filter.key),
    ...(exists === null || exists === undefined ? [] : [condition(`${key} is ${exists ? "not null" : "null"}`)]),
    ...field("artifact.flow_run_id", filter.flow_run_id),
    ...field("artifact.task_run_id", filter.task_run_id),
    ...field("artifact.type", filter.type),
  ];
  return filter.operator === "or_" ? any(found) : all(found);
}

export interface ArtifactFilters extends Filters {
  artifacts?: ArtifactFilter | ArtifactCollectionFilter | null;
}

/** Conditions on `artifact`, and on `artifact_collection` where it is joined. */
export function artifactsWhere(filters: ArtifactFilters, key: string): Condition {
  const { artifacts, flow_runs = null, task_runs, flows = null, deployments = null } = filters;
  const found = artifacts ? [conditions(artifacts, key)] : [];
  if (flow_runs || flows || deployments) {
    const runs = flowRunsWhere({ flow_runs, flows, deployments });
    found.push(within("artifact.flow_run_id", "select flow_run.id from flow_run", runs));
  }
  if (task_runs) {
    found.push(within("artifact.task_run_id", "select task_run.id from task_run", taskRunsWhere({ task_runs })));
  }
  return all(found);
}
