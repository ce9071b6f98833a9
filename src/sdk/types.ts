// How wrapped functions look to the type checker. `templates/starter/orch.d.ts` says the same to users' editors.

import type { FlowDefinition, FlowOptions, TaskDefinition, TaskOptions } from "#domain/definitions.ts";
import type { UserFunction } from "#domain/parameters/parameter-names.ts";
import type { SchemaInput, SchemaOutput, StandardSchema } from "#domain/parameters/standard-schema.ts";
import type { RunState } from "#domain/run-state.ts";
import type { AllowFailure } from "#engine/run/inputs.ts";
import type { TaskFuture } from "#engine/session/future.ts";
import type { OlderSchema } from "./schema-option.ts";

/** An async function keeps its very type, generics too; a plain one gets a promise of its result. */
export type Callable<F extends UserFunction> = F extends (...args: never[]) => Promise<unknown>
  ? F
  : (...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>;

type Result<F extends UserFunction> = Awaited<ReturnType<F>>;

/** A value, or the run it will come from. */
export type Input<T> = T | TaskFuture<T> | RunState<T> | AllowFailure<TaskFuture<T> | RunState<T>>;
export type Inputs<Args extends readonly unknown[]> = { [Index in keyof Args]: Input<Args[Index]> };

/** A list gives each call its item; anything else is handed to all calls. Lists for all calls need `unmapped`. */
export type MapInput<T> = readonly Input<T>[] | Unmapped<T> | (T extends readonly unknown[] ? never : T);
export type MapInputs<Args extends readonly unknown[]> = { [Index in keyof Args]: MapInput<Args[Index]> };

export class Unmapped<T> {
  readonly value: Input<T>;

  constructor(value: Input<T>) {
    this.value = value;
  }
}

export type Flow<F extends UserFunction> = Callable<F> &
  FlowDefinition & {
    readonly fn: F;
    /** Calls it, and gives the state its run ends in: a failure is not thrown. */
    returnState(...args: Parameters<F>): Promise<RunState<Result<F>>>;
    /** The same flow with some options changed. */
    withOptions(options: FlowOptions): Flow<F>;
  };

/**
 * Marks a function as a flow. With a schema its one argument is what the schema makes of what it is called with.
 * `Omit`: an intersection of the two `parameters` is too deep for TypeScript 5 and 6 when the schema is arktype's.
 */
export interface FlowFunction {
  <S extends StandardSchema, R>(
    fn: (parameters: SchemaOutput<S>) => R,
    options: Omit<FlowOptions, "parameters"> & { parameters: S },
  ): Flow<(parameters: SchemaInput<S>) => R>;
  <S extends OlderSchema, R>(
    fn: (parameters: S["_output"]) => R,
    options: Omit<FlowOptions, "parameters"> & { parameters: S },
  ): Flow<(parameters: S["_input"]) => R>;
  <F extends UserFunction>(fn: F, options?: FlowOptions): Flow<F>;
}

export type Task<F extends UserFunction> = Callable<F> &
  TaskDefinition & {
    readonly fn: F;
    /** Calls it, and gives the state its run ends in: a failure is not thrown. */
    returnState(...args: Inputs<Parameters<F>>): Promise<RunState<Result<F>>>;
    /** Starts the task and does not wait. Futures among the arguments are waited for before it runs. */
    submit(...args: Inputs<Parameters<F>>): TaskFuture<Result<F>>;
    /** One task run for each item of the lists, which are of one length. */
    map(...args: MapInputs<Parameters<F>>): TaskFuture<Result<F>>[];
    /** The same task with some options changed; `waitFor` names runs that must complete first. */
    withOptions(options: TaskOptions): Task<F>;
  };
