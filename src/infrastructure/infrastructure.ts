// Where a flow run executes: one interface, one file for each kind of place.

import type { RunningJob } from "#lib/process-identity.ts";

/** What is to be started, as prepared by the agent. */
export interface Job {
  flowRunId: string;
  /** For people and for the place: the run's name. */
  name: string;
  /** `null`: the engine of this executable. */
  command: readonly string[] | null;
  /** The block's variables; `null` removes one. */
  env: Readonly<Record<string, string | null>>;
  labels: Readonly<Record<string, string>>;
  /** `null`: a fresh folder, removed afterwards. */
  workingDir: string | null;
  streamOutput: boolean;
  /** The token of this execution. */
  attempt?: string | undefined;
  /** Where the engine of the run keeps log records until they are sent. */
  logFile?: string | undefined;
  /** Gets the job's output, whole lines at a time. `isContinued`: the line begins no record of its log. */
  output: (line: string, isContinued?: boolean) => void;
}

export interface Started {
  /** Names the running job for whoever may have to end it. */
  pid: string;
  /** When it was started, by its system's count: another job may have its name later. Undefined where that cannot be known. */
  processStart?: string | undefined;
  /** −N for a job that was ended by signal N. */
  exited: Promise<{ code: number }>;
  /** What it printed last, whole lines, oldest first: also where nothing is streamed. */
  lastLines: () => readonly string[];
}

/** `not-found`: also where its name is another job's by now. `not-ours`: it runs somewhere else, another agent has to end it. */
export type Killed = "killed" | "not-found" | "not-ours";

export interface Infrastructure {
  /** Throws a sentence when the job cannot be started; `unavailable` when the machine may have room for it later. */
  start(job: Job): Promise<Started>;
  /** Most jobs at a time that this process can look after, and why, for people. */
  readonly most?: { jobs: number; reason: string } | undefined;
  /** Asks the job to end, and ends it hard when it has not within `graceSeconds`. */
  kill(job: RunningJob, graceSeconds: number): Promise<Killed>;
  /** Ends what was started ahead of jobs. Jobs that run go on. */
  close(): Promise<void>;
}
