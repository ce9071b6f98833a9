// Creating and changing deployments: the queue is found or made, referenced blocks must be there, and the runs that were
// scheduled under the old settings go.
import type { Tx } from "#db/connect.ts";
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import type { Deployment, DeploymentCreate, DeploymentUpdate } from "#wire/deployments.ts";
import { DEFAULT_POOL } from "#wire/work-pools.ts";
import type { ServerContext } from "../context.ts";
import { readPool, resolveQueue } from "../work-pools/store.ts";
import { misfitOfVariables } from "./job-variables.ts";
import * as store from "./store.ts";

/** One of the same flow and name is overwritten. The schedule is a checked one. */
export function upsertDeployment(
  tx: Tx,
  context: ServerContext,
  given: DeploymentCreate,
): { deployment: Deployment; created: boolean } {
  const now = timestampNow(context.clock);
  const queue = resolveQueue(tx, context.clock, given);
  requireFittingVariables(tx, given);
  requireBlock(tx, "infrastructure", given.infrastructure_document_id);
  requireBlock(tx, "storage", given.storage_document_id);
  const known = store.findDeployment(tx, given.flow_id, given.name);
  const id = known ?? store.insertDeployment(tx, now, given, queue?.id ?? null);
  if (known) store.overwriteDeployment(tx, now, known, given, queue?.id ?? null);
  settle(tx, context, id);
  const deployment = store.readDeployment(tx, id);
  if (!deployment) throw new Error(`deployment ${id} was not stored`);
  return { deployment, created: !known };
}

/** The schedule is a checked one. Throws `not_found` for an unknown deployment or pool. */
export function changeDeployment(tx: Tx, context: ServerContext, id: string, update: DeploymentUpdate): void {
  if (!store.readRunOrigin(tx, id)) throw new OrchError("not_found", "Deployment not found.");
  const now = timestampNow(context.clock);
  const queue = resolveQueue(tx, context.clock, {
    work_pool_name: update.work_pool_name ?? null,
    work_queue_name: update.work_queue_name ?? null,
  });
  store.updateDeployment(tx, now, id, update, queue?.id ?? null);
  settle(tx, context, id);
}

/** After any change: old auto-scheduled runs go, and the scheduler is told to make new ones. */
export function settle(tx: Tx, context: ServerContext, id: string): void {
  store.deleteAutoScheduledRuns(tx, id);
  tx.afterCommit(() => {
    context.events.publish({ type: "deployment-changed", deployment_id: id });
    context.events.publish({ type: "runs-due-changed" });
  });
}

/** The default pool's jobs are started by agents, which take no variables. */
function requireFittingVariables(tx: Tx, { work_pool_name, infra_overrides }: DeploymentCreate): void {
  if (!work_pool_name || work_pool_name === DEFAULT_POOL) return;
  const template = readPool(tx, work_pool_name)?.base_job_template;
  const misfit = misfitOfVariables(template?.["variables"], infra_overrides ?? {});
  if (misfit) throw new OrchError("conflict", `Error creating deployment: ${misfit}.`);
}

function requireBlock(tx: Tx, kind: "infrastructure" | "storage", id: string | null): void {
  if (id === null || tx.get("select 1 from block_document where id = ?", id)) return;
  const sentence = `Error creating deployment. Could not find ${kind} block with id: ${id}. This usually occurs when applying a deployment specification that was built against a different database.`;
  throw new OrchError("conflict", sentence);
}
