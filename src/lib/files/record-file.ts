// Keeps records in a file until they are sent: memory stays small, and a process that is killed leaves what it had to send.
//
// The format, for another process that sends what is left: the first line is `{"sent":OFFSET}` padded with spaces to 32
// bytes, with the offset in the file of the first record that is not marked as sent. Then one JSON record a line. The last
// line may be cut off where its writer was killed. A batch may have been sent and not yet marked: it is sent again, and the
// server knows each record by its id.
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from "node:fs";

const HEAD_BYTES = 32;
const NEWLINE = 0x0a;
const NOTICE = ".ending";

/**
 * Names the file in which the process of a flow run keeps the log records that it has not sent. There is none before the
 * process makes it, and none after everything was sent; what is left belongs to the agent, which removes the file.
 */
export const LOG_FILE_VARIABLE = "ORCH__LOG_FILE";

/** Beside the file of a process that was asked to end, and has noticed. */
export function noticeFile(logFile: string): string {
  return `${logFile}${NOTICE}`;
}

export function isNoticeFile(path: string): boolean {
  return path.endsWith(NOTICE);
}

/** The file's name, once: what flow code starts does not inherit it. */
export function takeLogFile(): string | undefined {
  const path = process.env[LOG_FILE_VARIABLE];
  delete process.env[LOG_FILE_VARIABLE];
  return path === "" ? undefined : path;
}

export interface RecordFile {
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  /** Whether all records are marked as sent. */
  readonly isSent: boolean;
  /** Writes records, each a JSON text, before it returns. Throws the system's error, and then has written none of them. */
  append(records: readonly string[]): void;
  /** The next records that are not sent, about `bytes` of them; none where all are sent. */
  next(bytes: number): { records: string[]; end: number };
  /** Marks everything before `end` as sent. A file without records to send is emptied. */
  markSent(end: number): void;
  close(): void;
  /** Closes and removes it. */
  remove(): void;
}

/** A new file. Throws where there is one already. */
export function createRecordFile(path: string): RecordFile {
  const file = recordFile(path, openSync(path, "wx+", 0o600), HEAD_BYTES, HEAD_BYTES);
  file.markSent(HEAD_BYTES);
  return file;
}

/** The file of a process that has ended; undefined where it left none. */
export function openRecordFile(path: string): RecordFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r+");
  } catch {
    return undefined; // all was sent
  }
  const head = Buffer.alloc(HEAD_BYTES);
  readSync(fd, head, 0, HEAD_BYTES, 0);
  const sent = Number(/"sent":(\d+)/.exec(head.toString("latin1"))?.[1] ?? HEAD_BYTES);
  return recordFile(path, fd, sent, Math.max(fstatSync(fd).size, HEAD_BYTES));
}

function recordFile(path: string, fd: number, sentAt: number, size: number): RecordFile {
  let sent = sentAt;
  let end = size;

  /** Reads from `sent` to the end of a line: at least one whole record where there is one. */
  function read(bytes: number): Buffer {
    for (let most = Math.min(bytes, end - sent); ; most = Math.min(most * 2, end - sent)) {
      const buffer = Buffer.allocUnsafe(most);
      const length = readSync(fd, buffer, 0, most, sent);
      const lines = buffer.subarray(0, length).lastIndexOf(NEWLINE) + 1;
      if (lines > 0 || most >= end - sent) return buffer.subarray(0, lines);
    }
  }

  return {
    path,
    get bytes() {
      return end;
    },
    get isSent() {
      return sent >= end;
    },
    append(records) {
      const bytes = Buffer.from(`${records.join("\n")}\n`);
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, end + done);
      } catch (error) {
        ftruncateSync(fd, end); // a disk that is full took a part
        throw error;
      }
      end += bytes.length;
    },
    next(bytes) {
      const lines = read(bytes);
      if (lines.length === 0) return { records: [], end: sent };
      return { records: lines.toString("utf8", 0, lines.length - 1).split("\n"), end: sent + lines.length };
    },
    markSent(upTo) {
      sent = upTo;
      if (sent >= end) {
        ftruncateSync(fd, HEAD_BYTES);
        sent = HEAD_BYTES;
        end = HEAD_BYTES;
      }
      writeSync(fd, `${`{"sent":${sent}}`.padEnd(HEAD_BYTES - 1)}\n`, 0);
    },
    close: () => closeSync(fd),
    remove() {
      closeSync(fd);
      rmSync(path, { force: true });
    },
  };
}
