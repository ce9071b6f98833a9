// Log records on their way to the API: in batches, in the background, kept while the server is away, flushed at the end.
import type { Client } from "#client/client.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { PATIENCE_SECONDS, patiently } from "#lib/patience.ts";
import { createLogs, type LogInput } from "#wire/logs.ts";

const BATCH_BYTES = 3_000_000;
const LARGEST_MESSAGE = 1_000_000;
/** What is kept while the server is away. Beyond it the newest records are counted instead of kept. */
const KEPT_BYTES = 32_000_000;
/** Ids, times and punctuation of one record, roughly. */
const RECORD_BYTES = 250;

export interface LogShipper {
  add(record: LogInput): void;
  /** Resolves when everything added so far was sent, or after `seconds`: what is left then goes on being offered. */
  drain(seconds: number): Promise<void>;
  /** Resolves when everything added so far was sent, or given up after `seconds`. Never rejects. */
  flush(seconds?: number): Promise<void>;
}

export interface LogShipperOptions {
  client: Client;
  clock: Clock;
  enabled: boolean;
  intervalSeconds: number;
  /** Told in one sentence what could not be sent. */
  onLost: (sentence: string) => void;
}

export function createLogShipper({ client, clock, enabled, intervalSeconds, onLost }: LogShipperOptions): LogShipper {
  const queue: LogInput[] = [];
  let bytes = 0;
  let dropped = 0;
  let last: LogInput | undefined;
  let pump: Promise<void> | undefined;
  let nap = new AbortController();
  let giveUp = new AbortController();

  function add(record: LogInput): void {
    if (!enabled) return;
    const kept = shortened(record);
    const size = sizeOf(kept);
    if (bytes + size > KEPT_BYTES) {
      dropped++;
      return;
    }
    queue.push(kept);
    last = kept;
    bytes += size;
    pump ??= run();
    if (bytes > BATCH_BYTES) nap.abort();
  }

  async function run(): Promise<void> {
    while (queue.length > 0) {
      await clock.sleep(intervalSeconds * 1000, nap.signal);
      while (queue.length > 0) await send(takeBatch());
      nap = new AbortController();
    }
    pump = undefined;
  }

  function takeBatch(): LogInput[] {
    let size = 0;
    const end = queue.findIndex((record) => {
      size += sizeOf(record);
      return size > BATCH_BYTES;
    });
    return queue.splice(0, end > 0 ? end : queue.length);
  }

  async function send(batch: LogInput[]): Promise<void> {
    const patience = { clock, seconds: PATIENCE_SECONDS, signal: giveUp.signal };
    try {
      await patiently(patience, () => client.call(createLogs, { body: batch }, { signal: giveUp.signal }));
    } catch (error) {
      const reason = giveUp.signal.aborted ? "the server was not back in time" : messageOf(error);
      onLost(`${batch.length} log records could not be sent: ${reason}`);
    }
    bytes -= batch.reduce((sum, record) => sum + sizeOf(record), 0);
    if (dropped > 0 && last) {
      const message = `${dropped} log records were dropped while the server was away.`;
      dropped = 0;
      add({ ...last, level: 40, message });
    }
  }

  async function sendAll(): Promise<void> {
    while (pump) {
      nap.abort();
      await pump;
    }
  }

  return {
    add,
    async drain(seconds) {
      const done = new AbortController();
      await Promise.race([sendAll(), clock.sleep(seconds * 1000, done.signal)]);
      done.abort();
    },
    async flush(seconds = PATIENCE_SECONDS) {
      const done = new AbortController();
      void clock.sleep(seconds * 1000, done.signal).then(() => done.signal.aborted || giveUp.abort());
      await sendAll();
      done.abort();
      giveUp = new AbortController();
    },
  };
}

function sizeOf(record: LogInput): number {
  return record.message.length + RECORD_BYTES;
}

function shortened(record: LogInput): LogInput {
  if (record.message.length <= LARGEST_MESSAGE) return record;
  return { ...record, message: `${record.message.slice(0, LARGEST_MESSAGE)}… (shortened)` };
}
