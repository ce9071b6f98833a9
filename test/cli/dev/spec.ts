// A deployment for tests, with only what matters said.
import type { DeploymentSpec } from "#domain/deployment.ts";
import { newInfrastructure } from "#domain/infrastructure-blocks.ts";

export function spec(changes: Partial<DeploymentSpec> = {}): DeploymentSpec {
  return {
    name: "a",
    description: null,
    version: null,
    work_queue_name: "test",
    work_pool_name: null,
    tags: [],
    parameters: {},
    schedule: null,
    is_schedule_active: null,
    overlap: null,
    catchup: null,
    infra_overrides: {},
    infrastructure: newInfrastructure("process", ["orch", "engine"]),
    flow_name: "say-hi",
    manifest_path: null,
    storage: null,
    path: null,
    entrypoint: "flows/a.ts:a",
    parameter_openapi_schema: null,
    timestamp: null,
    ...changes,
  };
}
