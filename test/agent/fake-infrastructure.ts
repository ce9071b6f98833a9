// A place for runs where nothing executes: a test ends each job when it likes, and sees which were killed.
import type { Exit, Infrastructures, Job, Killed, LeftJob, Started, Unseen } from "#infrastructure/infrastructure.ts";
import { processExit } from "#infrastructure/process-exit.ts";

export interface FakeJob extends Job {
  pid: string;
  /** Ends the job's process. */
  exit(code: number): void;
  killed: boolean;
}

export interface FakeInfrastructure extends Infrastructures {
  jobs: FakeJob[];
  /** What every job has printed last. */
  lastLines: string[];
  /** Where every engine leaves its log records. Default: nowhere. */
  logFile: string | undefined;
  /** Resolves when so many jobs have been started. */
  started(count: number): Promise<FakeJob[]>;
  /** Where the place does not answer. Default: it does. */
  unseen: Unseen | undefined;
  /** Called for every job that starts. Default: it goes on. */
  onStart: (job: FakeJob) => void;
  /** What a kill of a job comes to. Default: it ends with -15. */
  onKill: (job: FakeJob | undefined) => Killed | Promise<Killed>;
  /** What agents have left behind. */
  left: LeftJob[];
  /** A start waits for this. Default: for nothing. */
  ready: (giveUp: AbortSignal) => Promise<void>;
}

export function fakeInfrastructure(host = "here"): FakeInfrastructure {
  const waiting = new Set<() => void>();
  const place: FakeInfrastructure = {
    jobs: [],
    lastLines: [],
    logFile: undefined,
    unseen: undefined,
    onStart: () => {},
    left: [],
    ready: async () => {},
    onKill(job) {
      if (!job || job.killed) return "not-found";
      job.killed = true;
      job.exit(-15);
      return "killed";
    },
    started(count) {
      return new Promise((resolve) => {
        const look = () => {
          if (place.jobs.length < count) return;
          waiting.delete(look);
          resolve(place.jobs);
        };
        waiting.add(look);
        look();
      });
    },
    takeLeft: () => place.left.splice(0),
    adopt: async (pid, job) => begin(pid, job),
    async start(job, giveUp) {
      await place.ready(giveUp);
      return begin(`${host}:${place.jobs.length + 100}`, job);
    },
    isRunning: async ({ pid }) => place.jobs.some((job) => job.pid === pid),
    close: () => Promise.resolve(),
    async kill({ pid }) {
      return place.onKill(place.jobs.find((job) => job.pid === pid));
    },
  };

  function begin(pid: string, job: Job): Started {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    const exit = (code: number) => resolve(processExit(job.run.name, code));
    const started: FakeJob = { ...job, pid, killed: false, exit };
    place.onStart(started);
    place.jobs.push(started);
    for (const look of [...waiting]) look();
    return {
      ...{ pid, exited: promise, lastLines: () => place.lastLines, logFile: place.logFile },
      unseen: () => place.unseen,
    };
  }
  return place;
}
