// `task(fn, options)`: marks a function as a task. Calls become task runs of the flow run they are made in.

import { checkDefinition, TASK, type TaskDefinition, type TaskOptions, taskName } from "#domain/definitions.ts";
import type { UserFunction } from "#domain/parameters/parameter-names.ts";
import { currentRun, type RunEngine } from "#engine/session/context.ts";
import { OrchError } from "#lib/errors.ts";
import { callsOf } from "./map.ts";
import { nameAt } from "./places.ts";
import { settled } from "./task-options.ts";
import type { Task } from "./types.ts";

/**
 * @example
 * const double = task(async function double(x: number) { return 2 * x; }, { retries: 2 });
 * await double(4);                                  // 8
 * const future = double.submit(4);                  // runs beside the rest
 * await double.submit(future).result();             // 16, and the run shows where its input came from
 */
export function task<F extends UserFunction>(fn: F, given?: TaskOptions): Task<F> {
  checkDefinition("task", fn, given);
  const options = given ?? {};
  const name = options.name ?? (fn.name || nameAt(new Error("defined here"), "task"));
  const named = fn.name === "" ? { ...options, name } : options;
  const definition: TaskDefinition = Object.assign(
    // Not async: the engine's own promise is handed out, which need not be awaited.
    function (this: unknown, ...args: unknown[]) {
      return engineFor(definition).callTask(definition, args, this);
    },
    {
      [TASK]: true as const,
      fn,
      options: settled(name, named),
      returnState: (...args: unknown[]) => engineFor(definition).callTaskForState(definition, args),
      submit: (...args: unknown[]) => engineFor(definition).submitTask(definition, args),
      map: (...args: unknown[]) => {
        const engine = engineFor(definition);
        return callsOf(name, args).map((each) => engine.submitTask(definition, each));
      },
      withOptions: (changed: TaskOptions) => task(fn, { ...named, ...changed }),
    },
  );
  Object.defineProperty(definition, "name", { value: fn.name || name });
  return definition as Task<F>; // the call has F's signature: arguments pass through untouched
}

function engineFor(definition: TaskDefinition): RunEngine {
  const engine = currentRun.getStore()?.engine;
  if (engine) return engine;
  throw new OrchError(
    "invalid",
    `Task '${taskName(definition)}' was called outside of a flow. Call it in a flow, or call its plain function, '.fn(…)'.`,
  );
}
