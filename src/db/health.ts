// Remembers whether the database can be written, so that a fault is logged once, and that it is over too.
import { dirname } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import { freeBytes } from "#lib/files/disk.ts";
import { isUnavailable } from "#lib/retry.ts";
import { isDamage, isNoRoom, machineFault } from "./faults.ts";

export interface Health {
  /** The error for the caller. A fault of the machine is logged the first time. */
  failed(error: unknown): unknown;
  /** For a file that is not in its place. */
  misplaced(sentence: string): OrchError;
  /** There is no room for what lets other processes in. */
  cramped(sentence: string): OrchError;
  /** The file is in its place. */
  inPlace(): void;
  /** Something was written. On a disk that is nearly full that is no news: the next one may not be. */
  worked(): void;
  isGood(): boolean;
  /** What is wrong now, as it was logged. */
  sentence(): string | undefined;
}

/** A file that is damaged stays so. What else is wrong may pass. */
type Kind = "place" | "damage" | "room" | "other";

const ROOM_BYTES = 1024 * 1024;

export function createHealth(path: string, say: (line: string) => void): Health {
  /** What was logged since it worked last. */
  const reported = new Map<string, Kind>();

  function fault(sentence: string, kind: Kind, cause?: unknown): OrchError {
    if (!reported.has(sentence)) {
      reported.set(sentence, kind);
      say(sentence);
    }
    return new OrchError("unavailable", sentence, { cause });
  }

  function forget(kinds: readonly Kind[]): void {
    const over = [...reported].filter(([, kind]) => kinds.includes(kind));
    for (const [sentence] of over) reported.delete(sentence);
    if (over.length > 0 && reported.size === 0) say(`The database '${path}' can be written again.`);
  }

  return {
    misplaced: (sentence) => fault(sentence, "place"),
    cramped: (sentence) => fault(sentence, "room"),
    failed(error) {
      const sentence = isUnavailable(error) ? messageOf(error) : machineFault(error, path);
      return sentence === undefined ? error : fault(sentence, kindOf(error), error);
    },
    inPlace: () => forget(["place"]),
    worked() {
      if (reported.size === 0) return;
      const isRoomy = ![...reported.values()].includes("room") || freeBytes(dirname(path)) >= ROOM_BYTES;
      if (isRoomy) forget(["place", "room", "other"]);
    },
    isGood: () => reported.size === 0,
    sentence: () => reported.keys().next().value,
  };
}

function kindOf(error: unknown): Kind {
  if (isDamage(error)) return "damage";
  return isNoRoom(error) || (error instanceof OrchError && isNoRoom(error.cause)) ? "room" : "other";
}
