// Which run the code on the stack belongs to. Carried by AsyncLocalStorage through every await of flow code;
// the SDK reads it to know whether a call is a task run, a subflow, or nobody's.
import { AsyncLocalStorage } from "node:async_hooks";
import type { FlowDefinition, TaskDefinition } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import type { UserApi } from "./api.ts";
import type { Pause } from "./flow/pause.ts";
import type { AskedDeployment, AskedRun, Send } from "./flow/stand-in.ts";
import type { TaskFuture } from "./task/future.ts";
import type { Activity } from "./user-code.ts";

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
  /** A place among the run's task runs for a run of a deployment. */
  askForRun(deployment: AskedDeployment, parameters: Record<string, unknown>, send: Send): Promise<AskedRun>;
  /** Calls wait for a server that is away, as the engine's own do. */
  readonly api: UserApi;
}

export interface RunFrame {
  readonly engine: RunEngine;
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
