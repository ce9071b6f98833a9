// Tells a database that cannot be opened for want of file descriptors from one that is not there: SQLite says the same of both.
import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { isShortage, systemFault } from "#lib/files/system-fault.ts";
import { sqliteCode } from "./faults.ts";

/** What SQLite opens at once: the database, its log, the index of that, a folder. */
const OPENED = 4;

/** The sentence about `ulimit -n` when that is why; `undefined` when it is not. */
export function tooFewFiles(error: unknown): string | undefined {
  const fault = sqliteCode(error).startsWith("SQLITE_CANTOPEN") ? refusal() : error;
  return isShortage(fault) ? systemFault(fault, devNull) : undefined;
}

/** What the system says to as many files as a database needs. */
function refusal(): unknown {
  const files: number[] = [];
  try {
    while (files.length < OPENED) files.push(openSync(devNull, "r"));
    return undefined;
  } catch (error) {
    return error;
  } finally {
    for (const file of files) closeSync(file);
  }
}
