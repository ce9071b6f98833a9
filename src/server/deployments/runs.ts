// Makes a run of a deployment when a client asks for one.
import * as v from "valibot";
import type { Tx } from "#db/connect.ts";
import { Scheduled } from "#domain/states.ts";
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import type { Deployment, DeploymentFlowRunCreate } from "#wire/deployments/deployments.ts";
import type { Release } from "#wire/later.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { stateCreate } from "#wire/runs/states.ts";
import type { ServerContext } from "../kernel/context.ts";
import { createFlowRun, type NewFlowRun } from "../orchestration/create-flow-run.ts";
import { resolveQueue } from "../work-pools/store.ts";
import { misfitOfParameters } from "./accepted.ts";
import { type RunOrigin, readDeployment, readEnforcement, readRunOrigin } from "./store.ts";
import { requireFittingVariables } from "./upsert.ts";

/**
 * The deployment's values with those of the request over them. Throws `not_found` for an unknown deployment, `conflict`
 * for parameters or job variables that do not fit.
 */
export function createDeploymentRun(
  tx: Tx,
  context: ServerContext,
  id: string,
  given: DeploymentFlowRunCreate,
  release: Release,
): { flowRun: FlowRun; created: boolean } {
  const { work_queue_name, enforce_parameter_schema, ...body } = given;
  const deployment = readDeployment(tx, id);
  const origin = readRunOrigin(tx, id);
  if (!deployment || !origin) throw new OrchError("not_found", "Deployment not found");
  const parameters = { ...deployment.parameters, ...body.parameters };
  requireFittingParameters(tx, id, parameters, enforce_parameter_schema);
  if (body.job_variables) {
    const variables = { ...deployment.infra_overrides, ...body.job_variables };
    const { work_pool_name } = deployment;
    requireFittingVariables(tx, work_pool_name, variables, "Error creating flow run", "job_variables");
  }
  const run: NewFlowRun = {
    ...body,
    ...(work_queue_name ? queueNamed(tx, context, deployment, work_queue_name) : origin),
    flow_id: origin.flow_id,
    deployment_id: id,
    flow_version: deployment.version,
    parameters,
    tags: [...new Set([...deployment.tags, ...body.tags])],
    infrastructure_document_id: body.infrastructure_document_id ?? deployment.infrastructure_document_id,
    state: body.state ?? v.parse(stateCreate(), Scheduled(timestampNow(context.clock))),
  };
  return createFlowRun(tx, context, run, release);
}

/** A queue of the deployment's own pool. */
function queueNamed(
  tx: Tx,
  { clock }: ServerContext,
  { work_pool_name }: Deployment,
  work_queue_name: string,
): Pick<RunOrigin, "work_queue_id" | "work_queue_name"> {
  const queue = resolveQueue(tx, clock, { work_pool_name, work_queue_name });
  return { work_queue_id: queue?.id ?? null, work_queue_name };
}

/** `wanted`: what the request says of it; null for what the deployment says. */
function requireFittingParameters(
  tx: Tx,
  id: string,
  parameters: Deployment["parameters"],
  wanted: boolean | null,
): void {
  const { enforced, schema } = readEnforcement(tx, id);
  if (!(wanted ?? enforced)) return;
  const misfit = misfitOfParameters(schema, parameters, { complete: true });
  if (misfit) throw new OrchError("conflict", `Error creating flow run: ${misfit}.`);
}
