// Says before a file is read why it cannot be, in one sentence.
import { accessSync, constants, statSync } from "node:fs";
import { OrchError } from "../errors.ts";
import { systemFault } from "./system-fault.ts";

export interface ReadableFileOptions {
  /** What follows "'flows' is a folder": `: name a file in it`. */
  ofFolder?: string;
  /** Added where there is no such file, with the space before it. */
  hint?: string;
}

/**
 * `shown` is the path as the reader gave it. Pipes and devices are files too.
 * Throws `invalid` when nothing is there, for a folder, and for what may not be read.
 *
 * @example requireReadableFile(resolve("flows"), "flows"); // 'flows' is a folder: name a file in it.
 */
export function requireReadableFile(path: string, shown: string, options: ReadableFileOptions = {}): void {
  const { ofFolder = ": name a file in it", hint = "" } = options;
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) throw new OrchError("invalid", `There is no file '${shown}'.${hint}`);
    if (stats.isDirectory()) throw new OrchError("invalid", `'${shown}' is a folder${ofFolder}.`);
    accessSync(path, constants.R_OK);
  } catch (cause) {
    const sentence = systemFault(cause, shown);
    if (sentence === undefined) throw cause;
    throw new OrchError("invalid", sentence, { cause });
  }
}
