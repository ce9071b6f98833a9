// Finds the result of work that an earlier attempt of the flow, or an earlier process, has completed.
import { fromWire, type RunState } from "#domain/run-state.ts";
import type { TaskRun } from "#wire/runs/task-runs.ts";
import { restored, UnreachableResult } from "../results/result-persistence.ts";
import type { Scope } from "../session/scope.ts";
import type { Session } from "../session/session.ts";

/**
 * The state of a task run that completed before. `lost`: its result is, so it has to run once more. A result that is there
 * and cannot be reached is not lost: the state says why. After a pause nothing
 * that completed runs again: then the state says that its result is missing.
 */
export async function completedBefore(
  session: Session,
  scope: Scope,
  run: TaskRun,
): Promise<RunState | "lost" | undefined> {
  if (run.state_type !== "COMPLETED") return undefined;
  const remembered = scope.memory?.get(run.id);
  if (remembered) return remembered;
  const outcome = await restored(session, run.state);
  const isOutOfReach = outcome !== undefined && "error" in outcome && outcome.error instanceof UnreachableResult;
  const isThere = outcome !== undefined && "value" in outcome;
  return isThere || scope.isResumed || isOutOfReach ? fromWire(run.state, outcome) : "lost";
}
