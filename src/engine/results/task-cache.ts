// Caches task runs: computes the key by the author's function, and sends it with the states. Loaded by the first task that
// has such a function.
import { type TaskDefinition, taskName } from "#domain/definitions.ts";
import { OrchError } from "#lib/errors.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { CACHE_KEY_MAX_LENGTH, type TaskRun } from "#wire/runs/task-runs.ts";
import type { Session } from "../session/session.ts";

export interface CachedCall {
  task: TaskDefinition;
  run: Pick<TaskRun, "id">;
  flowRunId: string;
  names: readonly string[];
  args: readonly unknown[];
}

export interface TaskCache {
  /** Goes with the start of the run: the server may answer with a state it knows. */
  lookup: NonNullable<StateInput["state_details"]>;
  /** The run's end; one that completed becomes known under the key. */
  enter(end: StateInput): StateInput;
}

/** Undefined when the author makes no key of this call. What the function throws is thrown. */
export async function openCache(session: Session, call: CachedCall): Promise<TaskCache | undefined> {
  const { cacheExpiration, refreshCache } = call.task.options;
  const cache_key = await keyOf(call);
  if (cache_key === undefined) return undefined;
  return {
    lookup: { cache_key, refresh_cache: refreshCache ?? session.settings.ORCH_TASKS_REFRESH_CACHE },
    enter(end) {
      if (end.type !== "COMPLETED") return end;
      const cache_expiration =
        cacheExpiration === undefined ? null : toTimestamp(session.clock.now() + cacheExpiration * 1000);
      return { ...end, state_details: { ...end.state_details, cache_key, cache_expiration } };
    },
  };
}

async function keyOf({ task, run, flowRunId, names, args }: CachedCall): Promise<string | undefined> {
  const parameters = Object.fromEntries(args.map((arg, index) => [names[index] ?? `arg${index}`, arg]));
  const key: unknown = await task.options.cacheKeyFn?.({ task, taskRunId: run.id, flowRunId }, parameters);
  if (key === null || key === undefined) return undefined;
  if (typeof key !== "string") {
    throw new OrchError("invalid", `The cache key of task '${taskName(task)}' has to be text, and is a ${typeof key}.`);
  }
  if (key.length <= CACHE_KEY_MAX_LENGTH) return key;
  const sentence = `The cache key of task '${taskName(task)}' has ${key.length} characters, and may have ${CACHE_KEY_MAX_LENGTH}.`;
  throw new OrchError("invalid", `${sentence} Make a hash of it.`);
}
