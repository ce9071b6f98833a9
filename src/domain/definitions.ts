// What a flow and a task are, seen from everywhere: the SDK makes them, the loader finds them, the engine runs them.

import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import type { UserFunction } from "./parameters/parameter-names.ts";
import type { StandardSchema } from "./parameters/standard-schema.ts";
import type { RunState } from "./run-state.ts";

/** Brands that survive two copies of the SDK in one process. */
export const FLOW = Symbol.for("orch.flow");
export const TASK = Symbol.for("orch.task");

export interface RunHookSubject {
  id: string;
  name: string;
}

/** Called once the run is final and the server knows; what it throws is logged and changes nothing. */
export type FlowHook = (flow: FlowDefinition, flowRun: RunHookSubject, state: RunState) => unknown;
export type TaskHook = (task: TaskDefinition, taskRun: RunHookSubject, state: RunState) => unknown;

/** What a `cacheKeyFn` gets of the run. */
export interface CacheContext {
  readonly task: TaskDefinition;
  readonly taskRunId: string;
  readonly flowRunId: string | null;
}

/** The parameters by their names; those left to the function's own defaults are not among them. */
export type CacheKeyFunction = (
  context: CacheContext,
  parameters: Record<string, unknown>,
) => string | null | undefined | Promise<string | null | undefined>;

/** A storage block of the SDK, as far as results need it. One that was saved counts as it is on the server. */
export interface ResultBlock {
  /** Null for one that is not saved: then it is saved without a name. */
  readonly saved: { readonly id: string } | null;
  /** Its fields as they travel, secrets too. */
  toData(): JsonObject;
}

/** Where results are kept: a storage block, its name such as `"s3/dev"`, or a folder of this machine by its whole path. */
export type ResultStorage = ResultBlock | string;

/** Options of `flow(fn, options)`. Seconds unless the name says otherwise. */
export interface FlowOptions {
  /** Default: the function's (or export's) name in kebab-case. */
  name?: string;
  description?: string;
  /** Default: the MD5 of the source file. */
  version?: string;
  flowRunName?: string | (() => string);
  /** How often a failed run is tried again. Default 0. */
  retries?: number;
  retryDelaySeconds?: number;
  timeoutSeconds?: number;
  /**
   * Keep the result, so that other processes have it. Default: only where a feature in use needs it. A value that
   * cannot be kept (it holds a function, say) is a warning in the log; with "strict" it fails the run.
   */
  persistResult?: boolean | "strict";
  /**
   * Where the results of the flow, of its tasks and of flows that it calls are kept; by itself it keeps none. A storage that
   * does not take a result fails the run. Default: as the flow that calls it, else the setting
   * ORCH_DEFAULT_RESULT_STORAGE_BLOCK, else a folder of this machine.
   */
  resultStorage?: ResultStorage;
  /** Coerce and check parameters before the call. Default true. */
  validateParameters?: boolean;
  /** Checks and transforms the flow's one argument, an object: a schema of zod, valibot, arktype or their like. */
  parameters?: StandardSchema;
  /**
   * Send what the flow prints with the console to the run's log; what is written to process.stdout is only printed. Default:
   * as the flow that calls it, else the setting ORCH_LOGGING_LOG_PRINTS, which is false.
   */
  logPrints?: boolean;
  onCompletion?: FlowHook[];
  /** Not called while retries are left. */
  onFailure?: FlowHook[];
}

/** Options of `task(fn, options)`. */
export interface TaskOptions {
  name?: string;
  description?: string;
  version?: string;
  tags?: string[];
  /** Default: `<name>-<counter>`. */
  taskRunName?: string | (() => string);
  retries?: number;
  /** One delay for all retries, or one for each, at most 50; or what makes them of the number of retries. */
  retryDelaySeconds?: number | readonly number[] | ((retries: number) => readonly number[]);
  /** How far a delay may stray, as a share of it: 0.5 lets 10 seconds be up to 15. So that not all try again at once. */
  retryJitterFactor?: number;
  timeoutSeconds?: number;
  /**
   * Keep the result. Default: only with a `cacheKeyFn`, or in a flow with retries. What cannot be kept is a warning,
   * and is not cached; with "strict" it fails the run.
   */
  persistResult?: boolean | "strict";
  /** Where the result is kept. Default: as the flow that calls the task. */
  resultStorage?: ResultStorage;
  /** A run with the key of an earlier one takes its result instead of running. Null: this run is not cached. */
  cacheKeyFn?: CacheKeyFunction;
  /** How long an entry is good for. Default: forever. */
  cacheExpiration?: number;
  /** Run although there is an entry, and replace it. */
  refreshCache?: boolean;
  /** As of a flow. Default: as the flow that calls the task. */
  logPrints?: boolean;
  /** Futures or states that must have completed before the task starts. */
  waitFor?: readonly unknown[];
  onCompletion?: TaskHook[];
  /** Not called while retries are left. */
  onFailure?: TaskHook[];
}

export interface FlowDefinition {
  readonly [FLOW]: true;
  readonly fn: UserFunction;
  /** The name of the function, or of the variable that holds the flow. */
  readonly name?: string;
  readonly options: FlowOptions;
  /** Its stack leads to the file that defines the flow. */
  readonly origin?: Error;
}

/** As they are once the task is defined: delays are known by then. */
export type SettledTaskOptions = Omit<TaskOptions, "retryDelaySeconds"> & {
  retryDelaySeconds?: number | readonly number[];
};

export interface TaskDefinition {
  readonly [TASK]: true;
  readonly fn: UserFunction;
  readonly options: SettledTaskOptions;
}

export function isFlow(value: unknown): value is FlowDefinition {
  return typeof value === "function" && FLOW in value;
}

/** `sayHi` and `say_hi` to `say-hi`; what is not a letter or digit becomes a dash. */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .toLowerCase();
}

/** The name a flow is known by: its option, else its function's or its export's name in kebab-case. */
export function flowName(flow: FlowDefinition, exportName?: string): string {
  const names = [flow.fn.name, exportName, flow.name, "flow"].map((name) => kebabCase(name ?? ""));
  return flow.options.name ?? names.find((name) => name !== "") ?? "flow"; // `_` and `$` have no letter to be named by
}

/** The name of a task: its option, else its function's name as it is written. */
export function taskName(task: TaskDefinition): string {
  return task.options.name ?? (task.fn.name || "task");
}

/** Throws `invalid` unless a function comes first and options second, with a name that is none or has a letter. */
export function checkDefinition(kind: "flow" | "task", fn: unknown, options: unknown): void {
  if (typeof fn !== "function") {
    throw new OrchError("invalid", `'${kind}' takes a function first, then its options: ${kind}(fn, { name: "…" }).`);
  }
  if (options === undefined || options === null) return;
  if (typeof options !== "object") {
    throw new OrchError(
      "invalid",
      `The options of a ${kind} are an object, such as { name: "…" }, not a ${typeof options}.`,
    );
  }
  const name: unknown = "name" in options ? options.name : undefined;
  if (name === undefined || name === null) return; // as when an unset variable is handed in: the function's own
  if (typeof name !== "string") {
    throw new OrchError("invalid", `The 'name' of a ${kind} is a text, not a ${typeof name}.`);
  }
  if (name.trim() !== "") return;
  const sentence = `The 'name' of a ${kind} is empty. Give it one, or leave 'name' out: then it has the name of its function.`;
  throw new OrchError("invalid", sentence);
}
