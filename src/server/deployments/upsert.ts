// Creates and changes deployments: finds or makes the queue, requires the referenced blocks, and brings the runs that were
// made ahead of time in line.
import type { Tx } from "#db/connect.ts";
import { misfitOfVariables } from "#domain/parameters/schema-fit.ts";
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import type { Release } from "#wire/later.ts";
import { DEFAULT_POOL } from "#wire/pools/work-pools.ts";
import type { ServerContext } from "../kernel/context.ts";
import { skipClaimedAhead } from "../orchestration/claimed-ahead.ts";
import { forgetMissed, writeRunPolicy } from "../run-policies/store.ts";
import { readPool, resolveQueue } from "../work-pools/store.ts";
import { type DeploymentChange, misfitOfParameters, type NewDeployment } from "./accepted.ts";
import { makeSameRuns, type StoredSchedule, withKnown, withOneSchedule, withSomeActive } from "./schedules.ts";
import * as store from "./store.ts";

/** One of the same flow and name is overwritten. */
export function upsertDeployment(
  tx: Tx,
  context: ServerContext,
  given: NewDeployment,
  release: Release,
): { deployment: Deployment; created: boolean } {
  const now = timestampNow(context.clock);
  const queue = resolveQueue(tx, context.clock, given);
  requireFittingVariables(tx, given.work_pool_name, given.infra_overrides, "Error creating deployment");
  requireBlock(tx, "infrastructure", given.infrastructure_document_id);
  requireBlock(tx, "storage", given.storage_document_id);
  const known = store.findDeployment(tx, given.flow_id, given.name);
  const before = known ? store.readScheduling(tx, known) : undefined;
  const wanted = before ? { ...given, schedules: withKnown(given.schedules, before.schedules) } : given;
  const id = known ?? store.insertDeployment(tx, now, wanted, queue?.id ?? null);
  if (known) store.overwriteDeployment(tx, now, known, wanted, queue?.id ?? null);
  settle(tx, context, id, before);
  if (given.run_policy) writeRunPolicy(tx, now, id, given.run_policy);
  const deployment = store.readDeployment(tx, id, release);
  if (!deployment) throw new Error(`deployment ${id} was not stored`);
  return { deployment, created: !known };
}

/** Throws `not_found` for an unknown deployment or pool, `conflict` for parameters that do not fit the flow's schema. */
export function changeDeployment(
  tx: Tx,
  context: ServerContext,
  id: string,
  { schedule, run_policy, ...update }: DeploymentChange,
): void {
  const before = store.readScheduling(tx, id);
  if (!before) throw new OrchError("not_found", "Deployment not found.");
  const known = before.schedules;
  const now = timestampNow(context.clock);
  requireFittingParameters(tx, id, update);
  const one = schedule === undefined ? known : withOneSchedule(known, schedule, now);
  const schedules = update.schedules ?? (update.is_schedule_active ? withSomeActive(one) : one);
  const queue = resolveQueue(tx, context.clock, {
    work_pool_name: update.work_pool_name ?? null,
    work_queue_name: update.work_queue_name ?? null,
  });
  store.updateDeployment(tx, now, id, schedules === known ? update : { ...update, schedules }, queue?.id ?? null);
  settle(tx, context, id, before);
  if (run_policy) writeRunPolicy(tx, now, id, run_policy);
}

/** Lets its schedules make runs, or none of them. Throws `not_found` for an unknown deployment. */
export function switchDeployment(tx: Tx, context: ServerContext, id: string, active: boolean): void {
  const before = store.readScheduling(tx, id);
  if (!before) throw new OrchError("not_found", "Deployment not found");
  const schedules = active ? withSomeActive(before.schedules) : before.schedules;
  store.updateDeployment(tx, timestampNow(context.clock), id, { is_schedule_active: active, schedules }, null);
  if (!active) settle(tx, context, id, before);
  else tx.afterCommit(() => context.events.publish({ type: "deployment-changed", deployment_id: id }));
}

/**
 * After any change. Runs that have not begun go when the schedule became another, or was switched off: the scheduler makes
 * those of the new one. Otherwise they stay, also those that are due or late, with the deployment's new settings.
 */
function settle(tx: Tx, context: ServerContext, id: string, before: store.Scheduling | undefined): void {
  const after = store.readScheduling(tx, id);
  const isSame =
    before && after && before.isActive === after.isActive && makeSameRuns(before.schedules, after.schedules);
  if (isSame) store.refreshAutoScheduledRuns(tx, timestampNow(context.clock), id);
  else {
    store.deleteAutoScheduledRuns(tx, id);
    if (before) skipClaimedAhead(tx, context, id, becauseOf(after));
    forgetMissed(tx, id);
  }
  tx.afterCommit(() => {
    context.events.publish({ type: "deployment-changed", deployment_id: id });
    context.events.publish({ type: "runs-due-changed" });
  });
}

function becauseOf(after: store.Scheduling | undefined): string {
  if (!after?.schedules.length) return "its schedule was removed";
  const isOn = after.isActive && after.schedules.some(({ active }) => active);
  return isOn ? "its schedule was changed" : "its schedule was paused";
}

/** Its scheduled runs go with it, others stay. False for an unknown deployment. */
export function removeDeployment(tx: Tx, context: ServerContext, id: string): boolean {
  skipClaimedAhead(tx, context, id, "its deployment was deleted");
  tx.afterCommit(() => context.events.publish({ type: "runs-due-changed" }));
  return store.deleteDeployment(tx, id);
}

/** The schedules of a deployment become others, which `change` makes of those there are. */
export function changeSchedules<T>(
  tx: Tx,
  context: ServerContext,
  id: string,
  change: (known: StoredSchedule[], now: string) => { schedules: StoredSchedule[]; result: T },
): T {
  const before = store.readScheduling(tx, id);
  if (!before) throw new OrchError("not_found", "Deployment not found.");
  const now = timestampNow(context.clock);
  const { schedules, result } = change([...before.schedules], now);
  store.writeSchedulesOf(tx, now, id, schedules);
  settle(tx, context, id, before);
  return result;
}

function requireFittingParameters(tx: Tx, id: string, update: DeploymentChange): void {
  const known = store.readEnforcement(tx, id);
  if (!(update.enforce_parameter_schema ?? known.enforced)) return;
  const parameters = update.parameters ?? known.parameters;
  const misfit = misfitOfParameters(known.schema, parameters, { complete: false });
  if (misfit) throw new OrchError("conflict", `Error updating deployment: ${misfit}.`);
}

/** The default pool's jobs are started by agents, which take no variables. */
export function requireFittingVariables(
  tx: Tx,
  pool: string | null,
  given: JsonObject | null,
  what: string,
  at?: string,
): void {
  if (!pool || pool === DEFAULT_POOL) return;
  const misfit = misfitOfVariables(readPool(tx, pool)?.base_job_template["variables"], given ?? {}, at);
  if (misfit) throw new OrchError("conflict", `${what}: ${misfit}.`);
}

function requireBlock(tx: Tx, kind: "infrastructure" | "storage", id: string | null): void {
  if (id === null || tx.get("select 1 from block_document where id = ?", id)) return;
  const sentence = `Error creating deployment. Could not find ${kind} block with id: ${id}. This usually occurs when applying a deployment specification that was built against a different database.`;
  throw new OrchError("conflict", sentence);
}
