// Remembers whether the database can be written, so that what keeps it from that is said once, and its end too.
import { messageOf, OrchError } from "#lib/errors.ts";
import { isUnavailable } from "#lib/patience.ts";
import { isDamage, machineFault } from "./faults.ts";

export interface Health {
  /** The error for the caller. A fault of the machine is said, the first time. */
  failed(error: unknown): unknown;
  /** For a file that is not in its place. */
  misplaced(sentence: string): OrchError;
  /** The file is in its place. */
  inPlace(): void;
  /** Something was written. */
  worked(): void;
  isGood(): boolean;
}

/** A file that is damaged stays so. What else is wrong may pass. */
type Kind = "place" | "damage" | "other";

export function createHealth(path: string, say: (line: string) => void): Health {
  /** What was said since it worked last. */
  const said = new Map<string, Kind>();

  function fault(sentence: string, kind: Kind, cause?: unknown): OrchError {
    if (!said.has(sentence)) {
      said.set(sentence, kind);
      say(sentence);
    }
    return new OrchError("unavailable", sentence, { cause });
  }

  function forget(kinds: readonly Kind[]): void {
    const over = [...said].filter(([, kind]) => kinds.includes(kind));
    for (const [sentence] of over) said.delete(sentence);
    if (over.length > 0 && said.size === 0) say(`The database '${path}' can be written again.`);
  }

  return {
    misplaced: (sentence) => fault(sentence, "place"),
    failed(error) {
      const sentence = isUnavailable(error) ? messageOf(error) : machineFault(error, path);
      return sentence === undefined ? error : fault(sentence, isDamage(error) ? "damage" : "other", error);
    },
    inPlace: () => forget(["place"]),
    worked: () => forget(["place", "other"]),
    isGood: () => said.size === 0,
  };
}
