// Sends log records to the API: in batches, in the background, waiting for a server that is away, all of them at the end.
import type { Client } from "#client/client.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { RETRY_SECONDS, retryUntilAvailable } from "#lib/retry.ts";
import { createLogs, type LogInput } from "#wire/runs/logs.ts";
import type { LogShipper } from "../session/session.ts";
import { createLogQueue, type LogBatch, type LogQueueOptions } from "./log-queue.ts";

/** The server stores this much in 50 ms, and answers other requests before the next batch. */
const BATCH_BYTES = 1_000_000;
const LARGEST_MESSAGE = 1_000_000;
const ERROR_LEVEL = 40;

export interface LogShipperOptions {
  client: Client;
  clock: Clock;
  enabled: boolean;
  intervalSeconds: number;
  /** Reports in one sentence what could not be sent. */
  onLost: (sentence: string) => void;
  /** Where records wait. */
  queue?: LogQueueOptions | undefined;
}

export function createLogShipper(options: LogShipperOptions): LogShipper {
  const { client, clock, enabled, intervalSeconds, onLost } = options;
  const queue = createLogQueue(options.queue);
  /** The first record since the last batch that the queue could not take, how many they are, and why. */
  let dropped: { first: LogInput; count: number; reason: string } | undefined;
  /** Of records that were added since the last batch. */
  let newBytes = 0;
  /** Records that were added and not sent. */
  let waiting = 0;
  let pump: Promise<void> | undefined;
  let nap = new AbortController();
  let giveUp = new AbortController();

  function add(record: LogInput): void {
    if (!enabled) return;
    const text = JSON.stringify({ id: newId(), ...shortened(record) });
    const reason = reportDropped() ?? queue.add(text);
    if (reason !== undefined) dropped = { first: record, count: 0, ...dropped, reason };
    if (dropped) dropped.count += 1;
    else waiting += 1;
    newBytes += text.length;
    pump ??= run();
    if (newBytes > BATCH_BYTES) nap.abort();
  }

  /** In the place of records that were dropped one is kept that says so. Returns why it is not yet. */
  function reportDropped(): string | undefined {
    if (!dropped) return undefined;
    const { first, count, reason } = dropped;
    const message = `${count} log records were dropped: ${reason}.`;
    const refusal = queue.add(JSON.stringify({ id: newId(), ...first, level: ERROR_LEVEL, message }));
    if (refusal !== undefined) return refusal;
    dropped = undefined;
    waiting += 1;
    return undefined;
  }

  async function run(): Promise<void> {
    while (!queue.isEmpty && !giveUp.signal.aborted) {
      await clock.sleep(intervalSeconds * 1000, nap.signal);
      while (!queue.isEmpty && !giveUp.signal.aborted) {
        newBytes = 0;
        await send(queue.next(BATCH_BYTES));
        reportDropped();
      }
      nap = new AbortController();
    }
    pump = undefined;
  }

  async function send(batch: LogBatch): Promise<void> {
    const patience = { clock, seconds: Number.POSITIVE_INFINITY, signal: giveUp.signal };
    try {
      const body: LogInput[] = JSON.parse(`[${batch.records.join(",")}]`);
      await retryUntilAvailable(patience, () => client.call(createLogs, { body }, { signal: giveUp.signal }));
    } catch (error) {
      if (giveUp.signal.aborted) return reportLeft();
      onLost(`${batch.records.length} log records could not be sent: ${messageOf(error)}`);
    }
    batch.done();
    waiting -= batch.records.length;
  }

  function reportLeft(): void {
    const isForAgent = options.queue?.path !== undefined;
    if (!isForAgent) onLost(`${waiting} log records could not be sent: the server was not back in time`);
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
    async flush(seconds = RETRY_SECONDS) {
      const done = new AbortController();
      void clock.sleep(seconds * 1000, done.signal).then(() => done.signal.aborted || giveUp.abort());
      await sendAll();
      done.abort();
      queue.close();
      giveUp = new AbortController();
    },
  };
}

function shortened(record: LogInput): LogInput {
  if (record.message.length <= LARGEST_MESSAGE) return record;
  // Not between the two halves of a character.
  const end = /[\uD800-\uDBFF]/.test(record.message.charAt(LARGEST_MESSAGE - 1))
    ? LARGEST_MESSAGE - 1
    : LARGEST_MESSAGE;
  return { ...record, message: `${record.message.slice(0, end)}… (shortened)` };
}
