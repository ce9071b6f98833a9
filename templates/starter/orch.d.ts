// Types of the "orch" module, which lives inside the orch executable. Written by `orch init`; newer ones by `orch types`.
declare module "orch" {
  type UserFunction = (...args: never[]) => unknown;

  /** An async function keeps its type; a plain one gets a promise of its result. */
  type Callable<F extends UserFunction> = F extends (...args: never[]) => Promise<unknown>
    ? F
    : (...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>;

  export type StateType =
    | "SCHEDULED"
    | "PENDING"
    | "RUNNING"
    | "COMPLETED"
    | "FAILED"
    | "CANCELLED"
    | "CRASHED"
    | "PAUSED"
    | "CANCELLING";

  /** The state of a run. Returned by a flow or task, it decides how the run ends. */
  export interface State<T = unknown> {
    readonly type: StateType;
    readonly name: string;
    readonly message: string | null;
    readonly taskRunId: string | null;
    readonly flowRunId: string | null;
    isCompleted(): boolean;
    isFailed(): boolean;
    isCrashed(): boolean;
    isCancelled(): boolean;
    isFinal(): boolean;
    /** The value of a completed run; throws the error of any other. */
    result(): T;
    /** What `result()` throws. */
    error(): unknown;
  }

  /** A task run under way. May be handed to other tasks: they wait for it. */
  export interface TaskFuture<T = unknown> {
    readonly taskRunId: Promise<string>;
    /** The value, or throws what the task threw. */
    result(): Promise<T>;
    /** The final state, whatever it is. */
    wait(): Promise<State<T>>;
    /** As far as is known now, without waiting. */
    state(): State<T>;
  }

  export interface RunSubject {
    id: string;
    name: string;
  }

  export type FlowHook = (flow: FlowDefinition, flowRun: RunSubject, state: State) => unknown;
  export type TaskHook = (task: TaskDefinition, taskRun: RunSubject, state: State) => unknown;

  export interface FlowOptions {
    /** Default: the function's name in kebab-case. */
    name?: string;
    description?: string;
    /** Default: the MD5 of the source file. */
    version?: string;
    /** `{parameter}` in the text is filled in. */
    flowRunName?: string | (() => string);
    /** How often a failed run is tried again. Default 0. */
    retries?: number;
    retryDelaySeconds?: number;
    timeoutSeconds?: number;
    /** Coerce and check parameters before the call. Default true. */
    validateParameters?: boolean;
    /** Send `console.log` lines to the run's log. Default false. */
    logPrints?: boolean;
    onCompletion?: FlowHook[];
    /** Not called while retries are left. */
    onFailure?: FlowHook[];
  }

  export interface TaskOptions {
    /** Default: the function's name. */
    name?: string;
    description?: string;
    version?: string;
    tags?: string[];
    /** Default: the task's name and a number. `{parameter}` in the text is filled in. */
    taskRunName?: string | (() => string);
    retries?: number;
    /** One delay for all retries, or one for each. */
    retryDelaySeconds?: number | number[];
    timeoutSeconds?: number;
    logPrints?: boolean;
    /** Futures or states that must have completed before the task starts. */
    waitFor?: readonly unknown[];
    onCompletion?: TaskHook[];
    onFailure?: TaskHook[];
  }

  export interface FlowDefinition {
    readonly fn: UserFunction;
    readonly options: FlowOptions;
  }

  export interface TaskDefinition {
    readonly fn: UserFunction;
    readonly options: TaskOptions;
  }

  export interface AllowFailure<T> {
    readonly value: T;
  }
  export interface Unmapped<T> {
    readonly value: Input<T>;
  }

  /** A value, or the run it will come from. */
  export type Input<T> = T | TaskFuture<T> | State<T> | AllowFailure<TaskFuture<T> | State<T>>;
  type Inputs<Args extends readonly unknown[]> = { [Index in keyof Args]: Input<Args[Index]> };
  type MapInput<T> = readonly Input<T>[] | Unmapped<T> | (T extends readonly unknown[] ? never : T);
  type MapInputs<Args extends readonly unknown[]> = { [Index in keyof Args]: MapInput<Args[Index]> };

  export type Flow<F extends UserFunction> = Callable<F> &
    FlowDefinition & {
      readonly fn: F;
      withOptions(options: FlowOptions): Flow<F>;
    };

  export type Task<F extends UserFunction> = Callable<F> &
    TaskDefinition & {
      readonly fn: F;
      /** Starts the task and does not wait. */
      submit(...args: Inputs<Parameters<F>>): TaskFuture<Awaited<ReturnType<F>>>;
      /** One task run for each item of the lists, which are of one length. */
      map(...args: MapInputs<Parameters<F>>): TaskFuture<Awaited<ReturnType<F>>>[];
      withOptions(options: TaskOptions): Task<F>;
    };

  export interface RunLogger {
    debug(...message: unknown[]): void;
    info(...message: unknown[]): void;
    warn(...message: unknown[]): void;
    error(...message: unknown[]): void;
    critical(...message: unknown[]): void;
  }

  export interface RunContext {
    readonly flowRun: {
      readonly id: string;
      readonly name: string;
      readonly flowName: string;
      readonly deploymentId: string | null;
      readonly parameters: Record<string, unknown>;
      readonly tags: readonly string[];
      /** 1 on the first attempt. */
      readonly runCount: number;
      readonly expectedStartTime: string | null;
    };
    /** Null in the flow's own code. */
    readonly taskRun: {
      readonly id: string;
      readonly name: string;
      readonly taskName: string;
      readonly runCount: number;
    } | null;
    /** Aborted when the run was given up: hand it to `fetch` and the like. */
    readonly signal: AbortSignal;
  }

  export interface StateOptions<T> {
    name?: string;
    message?: string;
    data?: T;
  }

  /** Marks a function as a flow. */
  export function flow<F extends UserFunction>(fn: F, options?: FlowOptions): Flow<F>;
  /** Marks a function as a task: its calls in a flow become task runs. */
  export function task<F extends UserFunction>(fn: F, options?: TaskOptions): Task<F>;
  /** The logger of the run around the call. */
  export function getRunLogger(): RunLogger;
  /** The run around the call. */
  export function runContext(): RunContext;
  /** Waits; ends early, by throwing, when the run was given up. */
  export function sleep(seconds: number): Promise<void>;

  export function Completed<T = undefined>(options?: StateOptions<T>): State<T>;
  export function Failed(options?: StateOptions<Error>): State<never>;
  export function Cancelled(options?: StateOptions<Error>): State<never>;
  export function Crashed(options?: StateOptions<Error>): State<never>;

  /** Lets a task run although what it depends on failed: it gets the error in the place of the value. */
  export function allowFailure<T>(upstream: T): AllowFailure<T>;
  /** Hands the same value to every call of a `map`, also when it is a list. */
  export function unmapped<T>(value: T): Unmapped<T>;

  /** A task that this one depends on did not complete. */
  export class UpstreamTaskError extends Error {}
  export class FailedRun extends Error {}
  export class CrashedRun extends Error {}
  export class CancelledRun extends Error {}
  export class UnfinishedRun extends Error {}
  export class MissingResult extends Error {}
}
