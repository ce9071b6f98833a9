// Tells which run the current code belongs to, by AsyncLocalStorage through every await. The SDK reads it to know whether a call
// is a task run, a subflow, or outside of runs.
import { AsyncLocalStorage } from "node:async_hooks";
import type { FlowDefinition, TaskDefinition } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import type { JsonObject } from "#lib/json.ts";
import type { UserApi } from "./api.ts";
import type { TaskFuture } from "./future.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "critical";

/** Sends to the run's log on the API and prints. Values that are not text are shown as the console shows them. */
export type RunLogger = Record<LogLevel, (...message: unknown[]) => void>;

export interface FlowRunInfo {
  readonly id: string;
  readonly name: string;
  readonly flowName: string;
  readonly deploymentId: string | null;
  readonly parameters: Record<string, unknown>;
  readonly tags: readonly string[];
  /** 1 on the first attempt. */
  readonly runCount: number;
  readonly expectedStartTime: string | null;
}

export interface TaskRunInfo {
  readonly id: string;
  readonly name: string;
  readonly taskName: string;
  readonly runCount: number;
}

export interface Pause {
  /** Seconds until the run fails unless it is resumed; null for never. */
  timeout: number | null;
  /** Seconds between two looks, where the server does not tell of the change itself. */
  pollInterval: number;
  /** The process ends; an agent starts the run again when it is resumed. */
  reschedule: boolean;
  /** A pause with the key of an earlier one of the run is none. */
  key?: string;
}

/** A run of a deployment that this run asks for. */
export interface AskedRun {
  parentTaskRunId: string;
  /** The same for each request of one attempt, so that one whose answer was lost makes no second run. */
  idempotencyKey: string;
  /** Futures among them have become values. */
  parameters: JsonObject;
}

/** Makes JSON of the parameters. Throws for what has none, before anything is made on the server. */
export type Send = (parameters: Record<string, unknown>) => JsonObject;

export interface AskedDeployment {
  /** `flow/deployment` */
  name: string;
  version: string | null;
}

/** What the SDK asks of the engine. */
export interface RunEngine {
  /** `receiver`: what the task was called on, `this` in its function. */
  callTask(task: TaskDefinition, args: readonly unknown[], receiver?: unknown): Promise<unknown>;
  /** Does not throw for a run that failed. */
  callTaskForState(task: TaskDefinition, args: readonly unknown[]): Promise<RunState>;
  submitTask(task: TaskDefinition, args: readonly unknown[]): TaskFuture<unknown>;
  /** Does not throw for a run that failed. */
  callFlow(flow: FlowDefinition, args: readonly unknown[]): Promise<RunState>;
  sleep(seconds: number): Promise<void>;
  pause(pause: Pause): Promise<void>;
  /** A task run that represents a run of a deployment. */
  askForRun(deployment: AskedDeployment, parameters: Record<string, unknown>, send: Send): Promise<AskedRun>;
  /** Calls wait for a server that is away, as the engine's own do. */
  readonly api: UserApi;
}

/** What is known of a function of the user that is under way. */
export interface Activity {
  /** Resolves when the function has ended, however it did. */
  readonly ended: Promise<unknown>;
  /** Aborted when its run is given up. */
  readonly signal: AbortSignal;
  /** Calls of the engine that it waits for. They throw when the run is given up, so the function notices. */
  pendingCalls: number;
  /** The signal as the function has it, once it has read `runContext().signal`: it may notice by that. */
  readSignal: AbortSignal | undefined;
}

export interface RunFrame {
  /** Null in a hook of a flow that was not called by another: its run has ended, so nothing can run within it. */
  readonly engine: RunEngine | null;
  readonly flowRun: FlowRunInfo;
  readonly taskRun: TaskRunInfo | null;
  readonly logger: RunLogger;
  readonly logPrints: boolean;
  /** Aborted when the run was given up: it timed out, was cancelled, or the process has to end. */
  readonly signal: AbortSignal;
  /** The function of the run that is under way. */
  readonly activity: Activity;
}

export const currentRun = new AsyncLocalStorage<RunFrame>();
