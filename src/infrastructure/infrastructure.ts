// Where a flow run executes: one interface, one file or folder for each kind of place, listed in `registry.ts`.
import type { Clock } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";

/** A flow run to be started. Each infrastructure makes its own start, environment, kill and exit text from it. */
export interface Job {
  run: { id: string; name: string };
  /** Null for a run without a deployment. */
  deployment: JobDeployment | null;
  /** The type of the block: it names the infrastructure. */
  type: string;
  /** The block's fields with the deployment's overrides, each read as its kind. A field may be missing: see `fieldOf`. */
  block: JsonObject;
  /** The token of this execution. */
  attempt?: string | undefined;
  /** Gets the job's output, whole lines at a time. `isContinued`: the line begins no record of its log. */
  output: (line: string, isContinued?: boolean) => void;
  /** Gets the name of the running job before it executes: an agent that is killed meanwhile leaves it to the next one. */
  named?: ((pid: string) => void) | undefined;
}

export interface JobDeployment {
  id: string;
  name: string;
  /** When it was changed last. */
  updated: string;
  /** `flows/marvin.ts:sayHi`. */
  entrypoint: string | null;
  /** The flow's name, read when it is asked for; undefined where it cannot be read. */
  flowName: () => Promise<string | undefined>;
}

export interface Started {
  /** Names the running job, and by its form the infrastructure: see `registry.ts`. */
  pid: string;
  /** When its process was started, by its system's count: another may have its name later. Undefined where names are unique. */
  processStart?: string | undefined;
  exited: Promise<Exit>;
  /** What it printed last, whole lines, oldest first: also where nothing is streamed. */
  lastLines: () => readonly string[];
  /** Where the engine of the run leaves log records that it could not send; undefined where it can leave none on this machine. */
  logFile?: string | undefined;
  /** Where the place itself does not answer; undefined while it does. Of kinds that always see their jobs there is no such thing. */
  unseen?: (() => Unseen | undefined) | undefined;
}

/** Nothing is known of a job. */
export interface Unseen {
  /** By `Clock.elapsed`. */
  since: number;
  /** A sentence. */
  reason: string;
}

/** How a job has ended, in the words of its infrastructure. */
export interface Exit {
  /** 0: as it should. −N for a process that was ended by signal N. */
  code: number;
  /** For the agent's own output: `Process 'calm-crow' exited with status code: 3.` */
  line: string;
  /** The last line of the run's log, when the run has not reported its end: `Crash detected! …`. */
  reason: string;
  /** The same for a run that is being cancelled; null where the job ended by itself and has said so in the log. */
  cancelReason: string | null;
  /** A line for the log of a run that has reported a crash by itself, and could not know why it was ended. */
  cause?: string | undefined;
}

/** A job that runs, whichever agent started it, with what the server stores of it. */
export interface RunningJob {
  pid: string;
  flowRunId: string;
  /** As `Started` gave it; null where that is not known. */
  processStart?: string | null | undefined;
  /** The fields of its block, for kinds that are reached by them; undefined where they are not known any more. */
  block?: (() => Promise<JsonObject | undefined>) | undefined;
}

/** `not-found`: also where its name is another job's by now. `not-ours`: it runs somewhere else, another agent has to end it. */
export type Killed = "killed" | "not-found" | "not-ours";

export interface Infrastructure {
  /**
   * Resolves when the job executes, or is on its way to. Throws a sentence when it cannot be started; `unavailable` when the
   * machine may have room for it later. `giveUp` ends a start that takes long.
   */
  start(job: Job, giveUp: AbortSignal): Promise<Started>;
  /** Asks the job to end, and ends it hard when it has not within `graceSeconds`. One that has not begun is removed. */
  kill(job: RunningJob, graceSeconds: number): Promise<Killed>;
  /** Whether the job may still execute here. */
  isRunning(job: RunningJob): Promise<boolean>;
  /**
   * Stays with a job whose agent is gone, `job` as it would be started now; null when nothing is left of it. Of kinds whose jobs
   * end with their agent there is no such thing. A job that was made and has not begun begins now where `isAwaited` resolves with
   * true, else it is removed.
   */
  adopt?(pid: string, job: Job, isAwaited: () => Promise<boolean>): Promise<Started | null>;
  /** Ends what was started ahead of jobs. Jobs that run go on. */
  close(): Promise<void>;
}

/** All kinds behind one interface: a job is started by its type, and found again by the form of its pid. */
export interface Infrastructures extends Infrastructure {
  /** Most jobs at a time that this process can look after, and why, for people. */
  readonly most?: { jobs: number; reason: string } | undefined;
  /** Jobs of this home whose agents are gone; each is handed out once, to one agent. */
  takeLeft(): LeftJob[];
  /** Null when nothing is left of the job. */
  adopt(pid: string, job: Job, isAwaited: () => Promise<boolean>): Promise<Started | null>;
}

/** A job whose agent is gone. */
export interface LeftJob {
  run: { id: string; name: string };
  pid: string;
  /** The token of its execution. */
  attempt: string;
  /** The id of the run's deployment; null where it has none, or an older agent has not noted it. */
  deployment: string | null;
}

export interface InfrastructureOptions {
  /** The command line of this executable's engine. */
  engineCommand: readonly string[];
  /** The agent's own environment. */
  machine: Readonly<Record<string, string | undefined>>;
  /** Settings that were set on purpose, and where the API is, as `ORCH_X`. */
  settings: Readonly<Record<string, string>>;
  /** Where jobs of this machine leave log records that they could not send; null where they keep none. */
  logHome: string | null;
  /** How many engine processes are kept started ahead. Default: 0. */
  spareEngines?: number;
  /** How long a Python process with Prefect loaded is kept for the next run. Default: 0, none is. */
  warmPythonSeconds?: number;
  clock: Clock;
}
