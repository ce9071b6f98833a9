// Where flow code lives between its build and its runs: one interface, one file for each kind of place.

import type { TreeFile } from "./transfer/list.ts";

export interface Copied {
  files: number;
  bytes: number;
}

/** Called as a copy goes on, with what is copied already and what will be in the end. */
export type OnProgress = (sofar: Copied, all: Copied) => void;

export interface PutOptions {
  /** True for a relative path that is left out; folders end in `/`. */
  ignores?: (path: string) => boolean;
  /** What is stored, where it was listed before; `ignores` is not asked then. */
  files?: readonly TreeFile[];
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

export interface GetOptions {
  onProgress?: OnProgress;
  /** Called with a sentence for what is left out because it cannot be had. Without it, that is an error. */
  onWarning?: (sentence: string) => void;
  signal?: AbortSignal;
}

/** Of calls for one file. */
export interface FileOptions {
  signal?: AbortSignal | undefined;
  /** Called with what is wrong when the store has to be asked a third time, and each time from then on. */
  onWait?: ((error: unknown) => void) | undefined;
}

export interface Storage {
  /** Sentences for people about settings of the block that change nothing. */
  readonly notes?: readonly string[];
  /** Why nothing can be written here: a sentence. */
  readonly readOnly?: string;
  /** The place of a path (`null`: the storage itself) for people. No secret is in it. */
  location(path: string | null): string;
  /** Copies what is stored at `fromPath` (`null`: everything) into `localPath`, over what is there. */
  getDirectory(fromPath: string | null, localPath: string, options?: GetOptions): Promise<void>;
  /** Stores the folder at `toPath` (`null`: the place itself). */
  putDirectory(localPath: string, toPath: string | null, options?: PutOptions): Promise<Copied>;
  /**
   * The files below a folder (`null`: all), at any depth, by the paths that `readPath` takes, in their order. A folder that is
   * not there is empty.
   */
  listPaths(path: string | null): Promise<string[]>;
  /** The content of one file. */
  readPath(path: string, options?: FileOptions): Promise<Uint8Array>;
  /** Whole or not at all, and on disk when it is done. Folders on the way are made. Gives where the file lies. */
  writePath(path: string, content: Uint8Array, options?: FileOptions): Promise<string>;
}
