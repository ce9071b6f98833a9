// Group commit: all writes asked for in one turn of the event loop share one transaction, each in a savepoint of its own.
// Measured with 16 connections: 8,000 writes/s on disk, against 1,200 with a transaction each.
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import type { Connections } from "./connections.ts";
import { isBusy, lockedSentence } from "./faults.ts";
import type { Health } from "./health.ts";
import { createReader, createTx, type Tx } from "./unit-of-work.ts";

interface Job {
  run(tx: Tx): void;
  effects: (() => void)[];
  /** Set when the work threw: it was undone alone. */
  failure?: { error: unknown };
  settle(failure?: { error: unknown }): void;
}

export interface GroupCommit {
  write<T>(work: (tx: Tx) => T): Promise<T>;
  /** Resolves when nothing is waiting to be written. */
  drain(): Promise<void>;
  /** How many groups were committed so far. */
  count(): number;
}

const LOCK_PATIENCE_MS = 10_000;
const LOCK_PAUSE_MS = 20;

export function createGroupCommit(options: {
  connections: Connections;
  path: string;
  clock: Clock;
  onError: (error: unknown) => void;
  health: Health;
  /** Both throw when what is written will not be found by the next start. */
  checkBefore: () => void;
  checkAfter: () => void;
}): GroupCommit {
  const { connections, path, clock, onError, health, checkBefore, checkAfter } = options;
  const { writing: statements } = connections;
  let waiting: Job[] = [];
  let flushing: Promise<void> | undefined;
  let current: Job | undefined;
  let commits = 0;
  const tx = createTx(statements, (effect) => current?.effects.push(effect));
  const say = (sql: string) => statements.prepare(sql).run();

  function write<T>(work: (tx: Tx) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let value: T;
      waiting.push({
        run: (handle) => {
          value = work(handle);
        },
        effects: [],
        settle: (failure) => (failure ? reject(failure.error) : resolve(value)),
      });
      flushing ??= new Promise<void>((next) => setImmediate(next)).then(flush);
    });
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const jobs = waiting;
      waiting = [];
      const failure = await commitTogether(jobs);
      for (const job of jobs) finish(job, failure ?? job.failure);
    }
    flushing = undefined;
  }

  async function commitTogether(jobs: Job[]): Promise<{ error: unknown } | undefined> {
    try {
      checkBefore();
      await begin();
    } catch (error) {
      return { error };
    }
    const before = changes();
    try {
      for (const job of jobs) attempt(job);
      say("commit");
      commits += 1;
      checkAfter();
    } catch (error) {
      if (connections.writer.inTransaction) connections.writer.run("rollback");
      return { error };
    }
    if (!health.isGood() && changes() > before) worked();
    return undefined;
  }

  /** Rows changed so far: asked while something is wrong, when a commit of nothing proves nothing. */
  function changes(): number {
    if (health.isGood()) return 0;
    return createReader(statements).get<{ n: number }>("select total_changes() as n")?.n ?? 0;
  }

  function worked(): void {
    health.worked();
    // There is room again for what lets other processes in.
    try {
      if (connections.isAlone && health.isGood()) connections.reopen();
    } catch (error) {
      onError(error); // the next one opens it
    }
  }

  function attempt(job: Job): void {
    current = job;
    say("savepoint job");
    try {
      job.run(tx);
    } catch (error) {
      // On a full disk SQLite undoes the whole transaction by itself: then no work of the group was written.
      if (!connections.writer.inTransaction) throw error;
      job.failure = { error };
      say("rollback to job");
    } finally {
      current = undefined;
    }
    say("release job");
  }

  const begin = () => whenUnlocked(() => say("begin immediate"), { clock, path });

  function finish(job: Job, failure: { error: unknown } | undefined): void {
    if (!failure) {
      for (const effect of job.effects) {
        try {
          effect();
        } catch (error) {
          onError(error);
        }
      }
    }
    job.settle(failure && { error: health.failed(failure.error) });
  }

  return {
    write,
    async drain() {
      await flushing;
    },
    count: () => commits,
  };
}

/** Another process may hold the lock: waits for it without stopping this one. Throws `unavailable` when it takes too long. */
export async function whenUnlocked(attempt: () => void, { clock, path }: { clock: Clock; path: string }) {
  const deadline = clock.elapsed() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      attempt();
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (clock.elapsed() > deadline) throw new OrchError("unavailable", lockedSentence(path), { cause: error });
      await clock.sleep(LOCK_PAUSE_MS);
    }
  }
}
