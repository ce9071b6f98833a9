// Holds the lines of a log that were read, in pieces, and reads those that are on the screen.
import { type Signal, signal } from "@preact/signals";
import type { LogLine, LogWindow } from "#wire/runs/log-windows.ts";
import { callOrTake } from "../../data/ahead.ts";
import { CallError } from "../../data/call.ts";
import { type LogFilter, PIECE, pieceToRead } from "./log-filter.ts";

/** Pieces that are kept: of 100,000 lines all. */
const MOST_PIECES = 300;
/** Pieces that are read at the same time. */
const AT_ONCE = 4;

export interface LogLines {
  /** `undefined` until the first answer. */
  count: Signal<number | undefined>;
  attempts: Signal<LogWindow["attempts"]>;
  error: Signal<CallError | undefined>;
  /** Grows with every piece that comes, so that what shows lines is drawn again. */
  version: Signal<number>;
  lineAt(position: number): LogLine | undefined;
  /** These are on the screen: what is missing of them is read, before what was on the screen and has not been begun. */
  show(from: number, to: number): void;
  /** Reads what is missing of these positions; resolves when it is there, or could not be read. */
  want(from: number, to: number): Promise<void>;
  /** Reads the end again: more may have come. */
  grow(): Promise<void>;
  stop(): void;
}

export function createLogLines(filter: LogFilter): LogLines {
  const pieces = new Map<number, readonly LogLine[]>();
  const pending = new Map<number, Promise<void>>();
  const over = new AbortController();
  const count = signal<number | undefined>(undefined);
  const attempts = signal<LogWindow["attempts"]>([]);
  const error = signal<CallError | undefined>(undefined);
  const version = signal(0);

  function read(piece: number): Promise<void> {
    const reading = pending.get(piece) ?? readNow(piece);
    pending.set(piece, reading);
    return reading;
  }

  /** Pieces at the end were short when they were read. */
  function isMissing(piece: number): boolean {
    const held = pieces.get(piece)?.length ?? 0;
    return held === 0 || held < Math.min(PIECE, (count.peek() ?? 0) - piece * PIECE);
  }

  async function readNow(piece: number): Promise<void> {
    try {
      const body = pieceToRead(filter, piece);
      const window = await callOrTake("readLogWindow", { body }, { signal: over.signal });
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

  function missingOf(from: number, to: number): number[] {
    const [first, last] = [Math.floor(from / PIECE), Math.floor(Math.max(from, to) / PIECE)];
    return Array.from({ length: last - first + 1 }, (_, step) => first + step).filter(isMissing);
  }

  let onScreen: number[] = [];
  let lanes = 0;

  async function readOnScreen(): Promise<void> {
    lanes += 1;
    for (let piece = onScreen.shift(); piece !== undefined; piece = onScreen.shift()) await read(piece);
    lanes -= 1;
  }

  return {
    ...{ count, attempts, error, version },
    lineAt: (position) => pieces.get(Math.floor(position / PIECE))?.[position % PIECE],
    show(from, to) {
      onScreen = missingOf(from, to).filter((piece) => !pending.has(piece));
      if (onScreen.length > 0 && lanes < AT_ONCE) readOnScreen();
    },
    async want(from, to) {
      const missing = missingOf(from, to);
      const next = async (): Promise<void> => {
        for (let piece = missing.shift(); piece !== undefined; piece = missing.shift()) await read(piece);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, next));
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
