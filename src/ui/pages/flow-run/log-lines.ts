// Holds the lines of a log that were read, in pieces, and reads those that are on the screen.
import { type Signal, signal } from "@preact/signals";
import type { LogLine, LogWindow } from "#wire/log-windows.ts";
import { CallError, call, type Input } from "../../data/call.ts";

/** Which lines: as `POST /orch/logs/window` takes them. */
export type LogFilter = Pick<
  Input<"readLogWindow">["body"],
  "flow_run_id" | "task_run_id" | "level" | "text" | "loggers"
>;

export const PIECE = 500;
/** Pieces that are kept: of 100,000 lines all. */
const MOST_PIECES = 300;

export interface LogLines {
  /** `undefined` until the first answer. */
  count: Signal<number | undefined>;
  attempts: Signal<LogWindow["attempts"]>;
  error: Signal<CallError | undefined>;
  /** Grows with every piece that comes, so that what shows lines is drawn again. */
  version: Signal<number>;
  lineAt(position: number): LogLine | undefined;
  /** Reads what is missing of these positions. */
  want(from: number, to: number): void;
  /** Reads the end anew: more may have come. */
  grow(): Promise<void>;
  stop(): void;
}

export function createLogLines(filter: LogFilter): LogLines {
  const pieces = new Map<number, readonly LogLine[]>();
  const pending = new Set<number>();
  const over = new AbortController();
  const count = signal<number | undefined>(undefined);
  const attempts = signal<LogWindow["attempts"]>([]);
  const error = signal<CallError | undefined>(undefined);
  const version = signal(0);

  async function read(piece: number): Promise<void> {
    if (pending.has(piece)) return;
    pending.add(piece);
    try {
      const body = { ...filter, offset: piece * PIECE, limit: PIECE };
      const window = await call("readLogWindow", { body }, { signal: over.signal });
      if (over.signal.aborted) return;
      pieces.delete(piece);
      pieces.set(piece, window.lines);
      const [oldest] = pieces.keys();
      if (pieces.size > MOST_PIECES && oldest !== undefined) pieces.delete(oldest);
      count.value = window.count;
      attempts.value = window.attempts;
      error.value = undefined;
      version.value += 1;
    } catch (problem) {
      if (over.signal.aborted) return;
      error.value = problem instanceof CallError ? problem : new CallError(String(problem), 0);
    } finally {
      pending.delete(piece);
    }
  }

  return {
    ...{ count, attempts, error, version },
    lineAt: (position) => pieces.get(Math.floor(position / PIECE))?.[position % PIECE],
    want(from, to) {
      for (let piece = Math.floor(from / PIECE); piece <= Math.floor(Math.max(from, to) / PIECE); piece += 1) {
        if (!pieces.has(piece)) read(piece);
      }
    },
    async grow() {
      const last = Math.floor(Math.max(0, (count.peek() ?? 0) - 1) / PIECE);
      const before = count.peek();
      await read(last);
      // More came than fits into this piece: the next ones are read when they are on the screen.
      if (before !== undefined && (count.peek() ?? 0) > (last + 1) * PIECE) read(last + 1);
    },
    stop: () => over.abort(),
  };
}
