// State shared by all runs of a process: API client, log shipper, abort signal, caches.
import type { Client } from "#client/client.ts";
import type { Clock } from "#lib/clock.ts";
import type { LogInput } from "#wire/runs/logs.ts";
import type { ApiSettings } from "./api.ts";
import type { Activity, RunEngine, RunFrame, RunLogger } from "./context.ts";
import type { Results } from "./results.ts";
import type { Scope } from "./scope.ts";

/** The settings the engine reads. */
export interface EngineSettings extends ApiSettings {
  readonly ORCH_LOGGING_LEVEL: string;
  readonly ORCH_LOGGING_LOG_PRINTS: boolean;
  readonly ORCH_LOGGING_TO_API_ENABLED: boolean;
  readonly ORCH_LOGGING_TO_API_BATCH_INTERVAL: number;
  readonly ORCH_HEARTBEAT_SECONDS: number;
  readonly ORCH_RESULTS_PERSIST_BY_DEFAULT: boolean;
  readonly ORCH_DEFAULT_RESULT_STORAGE_BLOCK: string | null;
  readonly ORCH_TASKS_REFRESH_CACHE: boolean;
  readonly ORCH_PYTHON: string | null;
  readonly ORCH_PYTHON_ENGINE: string;
}

export interface RunRef {
  readonly kind: "flow" | "task";
  readonly id: string;
  /** Gets the reason when the run ends with its process. */
  readonly logger?: RunLogger;
}

export interface LogShipper {
  add(record: LogInput): void;
  /** Resolves when everything added so far was sent, or after `seconds`: what is left then goes on being offered. */
  drain(seconds: number): Promise<void>;
  /** Resolves when everything added so far was sent, or given up after `seconds`. Never rejects. */
  flush(seconds?: number): Promise<void>;
}

export interface Watchdog {
  /** A function with a time limit is called now. Returns what to call when it is over. */
  enter(frame: Omit<RunFrame, "activity">, seconds: number): () => void;
}

export interface Session {
  /** Its calls carry the token of the execution, where that has one. */
  readonly client: Client;
  /** `FLOW_RUN_ID/TOKEN` of the execution. */
  readonly attempt: string | undefined;
  /** The run was taken from this execution: ends the process, with the server's sentence. */
  readonly taken: (sentence: string) => void | Promise<void>;
  readonly clock: Clock;
  readonly settings: EngineSettings;
  readonly logs: LogShipper;
  /** Says what a call waits for that takes longer than a restart of the server. */
  readonly onWait: (error: unknown) => void;
  /** Tells the agent that this process notices signals: it is given the time to end. */
  readonly noteSignals: () => void;
  /** Prints one line. */
  readonly output: (line: string) => void;
  /** Aborted when the process has to end: no new task starts, sleeps end. */
  readonly signal: AbortSignal;
  /** Where the process works: the code of a deployed flow, once it is there. Paths in stack traces are relative to it. */
  folder: string;
  /** Runs by id that would be left without an end if the process ended now. */
  readonly active: Map<string, RunRef>;
  /** Functions of flows and tasks that are under way. */
  readonly activities: Set<Activity>;
  /** Started by the first function that has a time limit. */
  readonly watchdog: () => Promise<Watchdog>;
  /** Ids of flows by name, so that a subflow called a thousand times is looked up once. */
  readonly flowIds: Map<string, Promise<string>>;
  /** Loaded when the first result is kept or needed. */
  readonly results: () => Promise<Results>;
  /** Ends of the lines of task runs that wait for a slot, by their tags. */
  readonly slotQueues: Map<string, Promise<void>>;
  /** What the SDK's calls become in one attempt of a flow run. Here because flow runs make subflows and the reverse. */
  readonly engineFor: (session: Session, scope: Scope) => RunEngine;
}

/** Done in reverse order when the run is over, however it ended. */
export type Cleanup = () => Promise<void> | void;
