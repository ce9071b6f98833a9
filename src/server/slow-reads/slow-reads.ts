// Runs slow queries in a worker thread on a read-only connection and returns JSON text, so they never block writes or fast
// requests. The thread is started by the first slow query of a database that is large.
import type { Database } from "#db/connect.ts";
import { explained } from "#db/faults.ts";
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { LONG_ANSWER_LENGTH } from "#lib/limits.ts";
import { JsonText } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import { LongPage, type Page } from "../kernel/paging.ts";
import { hasLongPattern, isSlow } from "./is-slow.ts";
import { perform, type ReadInput, type ReadName, type ReadOutput } from "./reads.ts";
import type { Answer, Failure, Question } from "./worker.ts";

export interface SlowReads {
  /** Reads, here or in the thread. */
  read<Name extends ReadName>(
    name: Name,
    input: ReadInput<Name>,
  ): Promise<ReadOutput<Name> | JsonText<ReadOutput<Name>>>;
  /** The same for those who do more with it than to answer it. */
  readValue<Name extends ReadName>(name: Name, input: ReadInput<Name>): Promise<ReadOutput<Name>>;
  /** Whether a read is under way in the thread. */
  isBusy(): boolean;
  stop(): Promise<void>;
}

/** What routes are given. */
export interface RouteContext extends ServerContext {
  /** Does the reads that may take long. */
  slowReads: SlowReads;
}

/** Of a database smaller than this no read takes longer than 10 ms: about 15,000 runs. */
const LARGE_BYTES = 16 * 1024 * 1024;
const LAST_READ_MS = 2_000;

const IS_COMPILED = import.meta.url.includes("$bunfs") || import.meta.url.includes("~BUN");
/** In the executable an entry has its path below `src`. */
const ENTRY = IS_COMPILED ? "./server/slow-reads/worker.ts" : new URL("./worker.ts", import.meta.url).href;

/** A page that is longer than this is not for the server's own thread. */
function withMost<Input extends object>(input: Input, mostLength: number): Input {
  return "page" in input ? { ...input, page: { ...(input.page as Page), mostLength } } : input; // as reads.ts has them
}

function thrownThere({ message, code, refusal }: Failure): Error {
  return refusal ? new OrchError(refusal, message) : Object.assign(new Error(message), { code });
}

interface Waiting {
  resolve(text: string): void;
  reject(error: unknown): void;
}

/** What Bun's workers have beside those of a browser: whether one keeps the process alive. */
type Thread = Worker & { ref(): void; unref(): void };

/** The thread is gone, with what it was asked. */
class Gone extends Error {}

export interface SlowReadsOptions {
  db: Database;
  clock: Clock;
  log: (message: string) => void;
  largeFrom?: number;
}

export function createSlowReads({ db, clock, log, largeFrom = LARGE_BYTES }: SlowReadsOptions): SlowReads {
  const { file } = db;
  const waiting = new Map<number, Waiting>();
  let worker: Thread | undefined;
  let stopped = false;
  let asked = 0;

  function start(path: string): Thread {
    const started = new Worker(ENTRY, { smol: true, ref: false }) as Thread; // of Bun
    const gone = () => {
      if (worker === started) worker = undefined;
      for (const { reject } of waiting.values()) reject(new Gone("the thread has ended"));
      waiting.clear();
    };
    started.onmessage = ({ data }: MessageEvent<Answer>) => settle(data);
    started.onerror = ({ message }) => {
      log(`Slow queries run in the server's main thread for now: ${message}`);
      gone();
    };
    started.addEventListener("close", gone);
    started.postMessage({ path } satisfies Question);
    return started;
  }

  function settle(answer: Answer): void {
    const asker = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker?.unref();
    if ("text" in answer) asker?.resolve(answer.text);
    else {
      const error = thrownThere(answer.error);
      asker?.reject(file ? explained(error, file.path) : error);
    }
  }

  function ask(path: string, name: ReadName, input: ReadInput<ReadName>): Promise<string> {
    worker ??= start(path);
    worker.ref();
    asked += 1;
    const id = asked;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, name, input } satisfies Question);
    return promise;
  }

  /** In the thread, or here when that is gone. */
  async function there<Name extends ReadName>(path: string, name: Name, input: ReadInput<Name>) {
    try {
      return new JsonText<ReadOutput<Name>>(await ask(path, name, input));
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      return db.read((q) => perform(q, name, input));
    }
  }

  async function read<Name extends ReadName>(name: Name, input: ReadInput<Name>) {
    if (!file || stopped) return db.read((q) => perform(q, name, input));
    const isLarge = file.bytes() >= largeFrom;
    if (hasLongPattern(input) || (isLarge && isSlow(name, input))) return there(file.path, name, input);
    try {
      return await db.read((q) => perform(q, name, withMost(input, LONG_ANSWER_LENGTH)));
    } catch (error) {
      if (!(error instanceof LongPage)) throw error;
      return there(file.path, name, input);
    }
  }

  return {
    read,
    async readValue<Name extends ReadName>(name: Name, input: ReadInput<Name>) {
      const found = await read(name, input);
      return found instanceof JsonText ? (JSON.parse(found.text) as ReadOutput<Name>) : found; // the text of that very value
    },
    isBusy: () => waiting.size > 0,
    async stop() {
      stopped = true;
      const ending = worker;
      if (!ending) return;
      const ended = new Promise<void>((resolve) => ending.addEventListener("close", () => resolve()));
      ending.ref();
      ending.postMessage({ end: true } satisfies Question);
      const patience = new AbortController();
      await Promise.race([ended, clock.sleep(LAST_READ_MS, patience.signal)]);
      patience.abort();
      ending.terminate();
    },
  };
}
