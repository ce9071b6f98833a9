// `flow(fn, options)`: marks a function as a flow. Called inside a run it is a subflow; else its host runs it, if there is
// one.

import { checkDefinition, FLOW, type FlowDefinition, type FlowOptions, flowName } from "#domain/definitions.ts";
import type { UserFunction } from "#domain/parameters/parameter-names.ts";
import type { RunState } from "#domain/run-state.ts";
import { currentRun } from "#engine/session/context.ts";
import type { Host } from "./host.ts";
import { nameAt } from "./places.ts";
import { standardSchema } from "./schema-option.ts";
import type { Flow, FlowFunction } from "./types.ts";

/** `flow` for user files whose calls outside of any run go to `host`. */
export function flowFor(host: Host | null): FlowFunction {
  function define<F extends UserFunction>(fn: F, given: FlowOptions, origin: Error): Flow<F> {
    checkDefinition("flow", fn, given);
    const { parameters } = given;
    const options = parameters ? { ...given, parameters: standardSchema(parameters) } : given;
    const definition: FlowDefinition = Object.assign((...args: unknown[]) => resultOf(call(definition, args, host)), {
      [FLOW]: true as const,
      fn,
      options,
      returnState: (...args: unknown[]) => call(definition, args, host),
      withOptions: (changed: FlowOptions) => define(fn, { ...options, ...changed }, origin),
    });
    // Of a function without a name: that of its variable, looked for only when it is asked for.
    Object.defineProperty(definition, "name", { get: () => fn.name || nameAt(origin, "flow") });
    Object.defineProperty(definition, "origin", { value: origin });
    return definition as Flow<F>; // the call has F's signature: arguments pass through untouched
  }
  return function flow<F extends UserFunction>(fn: F, options?: FlowOptions): Flow<F> {
    return define(fn, options ?? {}, new Error("defined here"));
  } as FlowFunction; // one function behind both of its types
}

/** Of the run it ends in; nothing where nothing ran. A call that is not awaited is no uncaught error in a run. */
function resultOf(call: Promise<RunState | undefined>): Promise<unknown> {
  const result = call.then((state) => state?.result());
  if (currentRun.getStore()) result.catch(() => {});
  return result;
}

function call(definition: FlowDefinition, args: unknown[], host: Host | null): Promise<RunState | undefined> {
  const engine = currentRun.getStore()?.engine;
  if (engine) return engine.callFlow(definition, args);
  if (host?.call) return host.call(definition, args);
  // As the old engine has it: a call at the bottom of a file, left there from trying it out, does nothing while it is loaded.
  const name = flowName(definition);
  console.warn(
    `Flow '${name}' is not run while its file is being loaded. Call it behind 'if (import.meta.main)' to run it by hand only.`,
  );
  return Promise.resolve(undefined);
}
