// Log records that wait to be sent, oldest first: few in memory, the others on disk. So flow code that never waits can write
// any number of them before the first one is sent.
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "#lib/errors.ts";
import { createRecordFile, type RecordFile } from "#lib/files/record-file.ts";
import { makeRunFolder } from "#lib/files/run-folder.ts";

export interface LogQueueOptions {
  /**
   * The file in which the agent of this process looks for records when it has ended: every record is written to it at once.
   * Without it a file is made for records that are too many for the memory.
   */
  path?: string | undefined;
  /** Kept in memory where there is no `path`. Default 1 MB. */
  memoryBytes?: number;
  /** Most bytes on disk. Default 1 GB: about four million short lines. */
  diskBytes?: number;
}

export interface LogBatch {
  /** JSON texts. */
  records: readonly string[];
  /** They need not be sent any more. */
  done(): void;
}

export interface LogQueue {
  readonly isEmpty: boolean;
  /** Adds one record, a JSON text. Returns why it was not added, or undefined. */
  add(record: string): string | undefined;
  /** The oldest records, about `bytes` of them. The next batch comes after this one is done. */
  next(bytes: number): LogBatch;
  /** Removes the file, unless an agent can send what is left in it. */
  close(): void;
}

const MEMORY_BYTES = 1_000_000;
/** Kept in memory where nothing can be written to disk. */
const MEMORY_WITHOUT_DISK_BYTES = 16_000_000;
const DISK_BYTES = 1_000_000_000;

export function createLogQueue(options: LogQueueOptions = {}): LogQueue {
  const { path, memoryBytes = MEMORY_BYTES, diskBytes = DISK_BYTES } = options;
  let file: RecordFile | undefined;
  /** Newer than all records of the file. */
  let recent: string[] = [];
  let recentBytes = 0;
  /** So many bytes wait in memory before they are written: more after a disk that did not take them. */
  const usualBytes = path === undefined ? memoryBytes : 0;
  let leastBytes = usualBytes;
  let failure: string | undefined;

  function writeToFile(): void {
    file ??= createRecordFile(path ?? join(makeRunFolder(), "log"));
    file.append(recent);
    forget();
  }

  /** They are elsewhere now. */
  function forget(): void {
    recent = [];
    recentBytes = 0;
    leastBytes = usualBytes;
    failure = undefined;
  }

  /** Why a record that came last cannot be kept. */
  function keep(): string | undefined {
    if (recentBytes <= leastBytes) return undefined;
    const isFull = file !== undefined && file.bytes + recentBytes > diskBytes;
    if (isFull) return `${Math.round(diskBytes / 1_000_000)} MB of them were waiting for the server already`;
    if (recentBytes > MEMORY_WITHOUT_DISK_BYTES && failure !== undefined) return failure;
    try {
      writeToFile();
    } catch (error) {
      // Not tried again for each record.
      leastBytes = recentBytes + memoryBytes;
      failure = `the server had not taken them yet and the disk did not: ${messageOf(error)}`;
    }
    return undefined;
  }

  return {
    get isEmpty() {
      return recent.length === 0 && (file === undefined || file.isSent);
    },
    add(record) {
      recent.push(record);
      recentBytes += record.length;
      const refusal = keep();
      if (refusal === undefined) return undefined;
      recent.pop();
      recentBytes -= record.length;
      return refusal;
    },
    next(bytes) {
      if (file && !file.isSent) {
        const source = file;
        const { records, end } = source.next(bytes);
        return { records, done: () => source.markSent(end) };
      }
      const records = recent;
      forget();
      return { records, done: () => {} };
    },
    close() {
      if (!file || (path !== undefined && !file.isSent)) return;
      file.remove();
      if (path === undefined) rmSync(dirname(file.path), { recursive: true, force: true });
      file = undefined;
    },
  };
}
