// `flow(fn, options)`: marks a function as a flow. Called inside a run it is a subflow; else its host runs it.
import { FLOW, type FlowDefinition, type FlowOptions, flowName, type UserFunction } from "#domain/definitions.ts";
import { currentRun } from "#engine/context.ts";
import { OrchError } from "#lib/errors.ts";
import type { Host } from "./host.ts";
import type { Flow } from "./types.ts";

/** `flow` for user files whose calls outside of any run go to `host`. */
export function flowFor(host: Host | null): <F extends UserFunction>(fn: F, options?: FlowOptions) => Flow<F> {
  return function flow<F extends UserFunction>(fn: F, options: FlowOptions = {}): Flow<F> {
    const definition: FlowDefinition = Object.assign((...args: unknown[]) => call(definition, args, host), {
      [FLOW]: true as const,
      fn,
      options,
      withOptions: (changed: FlowOptions) => flow(fn, { ...options, ...changed }),
    });
    Object.defineProperty(definition, "name", { value: fn.name });
    return definition as Flow<F>; // the call has F's signature: arguments pass through untouched
  };
}

function call(definition: FlowDefinition, args: unknown[], host: Host | null): Promise<unknown> {
  const frame = currentRun.getStore();
  if (frame) return frame.engine.callFlow(definition, args);
  if (host) return host.call(definition, args);
  const sentence = `Flow '${flowName(definition)}' was called outside of a run, where nothing can track it. Build a deployment of it and run that, or call its plain function, '.fn(…)'.`;
  const refused = Promise.reject(new OrchError("invalid", sentence));
  // A call at the bottom of a file, left there from trying it out, must not crash the run that loads the file.
  refused.catch(() => {});
  return refused;
}
