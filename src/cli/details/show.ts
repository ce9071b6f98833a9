// Prints what an `inspect` command found: JSON for scripts, aligned fields for people.
import { systemClock } from "#lib/clock.ts";
import type { Io } from "../kit/command.ts";
import { json, NO_LIMIT } from "../terminal/layout.ts";
import { details, type Field } from "./draw.ts";
import { fieldsOf } from "./fields.ts";

export interface Inspected {
  /** `Variable 'limit'`. */
  title: string;
  /** What `--json` prints. */
  record: object;
  /** Names of the record's fields that people need not see, or that `first` says better. */
  leaveOut?: readonly string[];
  /** Before the fields of the record. `now` in milliseconds. */
  first?: (now: number) => readonly Field[];
  /** Below them, each group after an empty line. */
  more?: readonly (readonly Field[])[];
}

/** Long values are folded in a terminal and whole in a pipe. */
export function showInspected(inspected: Inspected, options: { json: boolean }, io: Io): void {
  const { title, record, leaveOut = [], first, more = [] } = inspected;
  if (options.json) {
    io.out(json(record));
    return;
  }
  const now = systemClock.now();
  const own = [...(first?.(now) ?? []), ...fieldsOf(record, { now, leaveOut })];
  io.out(details(title, [own, ...more], io.isTerminal ? io.columns : NO_LIMIT));
}
