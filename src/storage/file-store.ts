// The one thing that differs between object stores, shares and file servers: how files are listed, read, written, removed.
// What a folder is made of, what is sent again and what a run may see is the same for all (stored-tree.ts).
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";

export interface StoredFile {
  /** Below the folder that was listed, with `/`. */
  path: string;
  bytes: number;
}

/** A file on its way here. Its bytes are asked for once, in one of the two ways. */
export interface Content {
  /** How many bytes there are; undefined where that is not announced. */
  readonly size?: number | undefined;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** As they are asked for. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

export interface Range {
  from: number;
  /** The first byte that is not part of it. */
  to: number;
  /** That of the parts before; null for the first one. */
  version: string | null;
}

export interface Part extends Content {
  /** Another one after each change of the file. */
  version: string;
  /** The length of the whole file. */
  total: number;
}

export interface PartReader {
  /** What is left of a file that is longer comes in parts of this length, several at the same time, ... */
  partBytes: number;
  /** ... when one connection alone is not so fast. */
  fastBytesPerMs: number;
  /**
   * Null where the store gives no parts, or none that can be told to be of one version. Throws `Changed` for a file that is
   * another than the parts before were of, and as `read`.
   */
  readPart(path: string, range: Range, signal?: AbortSignal): Promise<Part | null>;
}

/** Connections that a store keeps must not keep the process alive. Paths are relative to the place that the block names, use `/`, and neither begin nor end with it. */
export interface FileStore {
  /** As `Storage` has it. */
  readonly notes?: readonly string[];
  /** Why nothing can be written here: a sentence. */
  readonly readOnly?: string;
  /** A path for people, as `s3://bucket/folder/file`. No secret is in it. */
  location(path: string): string;
  /** All files below a folder at any depth; `""` is the place itself. A folder that is not there is empty; folders are no files. */
  list(folder: string, signal?: AbortSignal): AsyncIterable<StoredFile>;
  /** Throws `not_found` for a file that is not there. What was stored compressed comes so. */
  read(path: string, signal?: AbortSignal): Promise<Content>;
  /** Where files can be had in parts. */
  readonly parts?: PartReader;
  /** Whole or not at all, over what is there. Folders on the way are made. `onSent` is called for each piece of a large file. */
  write(
    path: string,
    content: Blob | Uint8Array<ArrayBuffer>,
    signal?: AbortSignal,
    onSent?: (bytes: number) => void,
  ): Promise<void>;
  /** A file that is not there is removed already. Throws `forbidden` where that is all that is wrong. */
  remove(path: string, signal?: AbortSignal): Promise<void>;
}

/** The content that a stream gives; `size`: how many bytes it has. */
export function contentOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>, size: number): Content {
  return { size, stream: () => stream, bytes: () => new Response(stream).bytes() };
}

/** A failure of the network or of a store that is busy: the same call may succeed in a moment. */
export class TryAgain extends Error {
  /** When the store has said so. */
  readonly afterSeconds: number | undefined;

  constructor(message: string, options?: { cause?: unknown; afterSeconds?: number }) {
    super(message, options);
    this.afterSeconds = options?.afterSeconds;
  }
}

/** A file was written over while its parts were fetched. */
export class Changed extends Error {}

const TRIES = 5;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Calls `attempt` up to five times while it throws `TryAgain`; throws `invalid` with the last sentence then. `onWait` gets
 * what is wrong when it is so for the second time, and each time from then on.
 */
export async function persistently<T>(
  attempt: () => Promise<T>,
  signal?: AbortSignal,
  onWait?: (error: unknown) => void,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TryAgain)) throw error;
      if (tried === TRIES) throw new OrchError("invalid", error.message, { cause: error });
      if (tried > 1) onWait?.(error);
      // Many files fail at once: they must not come back at once.
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
      await systemClock.sleep(error.afterSeconds === undefined ? pause : error.afterSeconds * 1000, signal);
      signal?.throwIfAborted();
    }
  }
}
