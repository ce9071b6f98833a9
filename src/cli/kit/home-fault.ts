// Finds the home behind an error: what cannot be written in a home that is read-only fails in many ways, and has one reason.
import { statSync } from "node:fs";
import { messageOf } from "#lib/errors.ts";
import { rightsOfOthers } from "#lib/files/private.ts";
import { type Unwritable, whyUnwritable } from "#lib/files/unwritable-folder.ts";
import { shellQuoted } from "#lib/text/shell-words.ts";

/** Errors of the system that say no more than that something cannot be written. */
const OF_SYSTEM = /^(?:E(?:ROFS|ACCES|PERM|NOTDIR|EXIST|NOENT|NAMETOOLONG)$|SQLITE_(?:READONLY|CANTOPEN|IOERR|PERM))/;
const MOST_CAUSES = 5;

/** The sentence for the person; `undefined` when the error is about something else, or the home can be written. */
export function homeFault(error: unknown, home: string): string | undefined {
  if (!isOfSystem(error, home)) return undefined;
  const unwritable = whyUnwritable(home);
  if (!unwritable) return undefined;
  const { says, mend } = homeWords(unwritable);
  return `${says} ${mend}.`;
}

/** What is wrong with a home, and what mends it. */
export function homeWords({ isReadOnly, why, mend }: Unwritable): { says: string; mend: string } {
  const says = `The home ${isReadOnly ? "is read-only" : "cannot be used"}: ${why}`;
  return { says, mend: `${mend.replace(/\.$/, "")}, or set ORCH_HOME to another folder` };
}

/** What is wrong with a home that others may enter, and the command that mends it; `undefined` for one that is private. */
export function openHome(home: string): { says: string; mend: string; isWritable: boolean } | undefined {
  const stats = statSync(home, { throwIfNoEntry: false });
  const rights = stats ? rightsOfOthers(stats) : "none";
  if (rights === "none") return undefined;
  const isWritable = rights === "write";
  const says = `'${home}' can be ${isWritable ? "written" : "read"} by other users of this machine.`;
  return { says, mend: `chmod 700 ${shellQuoted(home)}`, isWritable };
}

/** It names a path in the home, or is SQLite's, which names none. */
function isOfSystem(error: unknown, home: string): boolean {
  let isNamed = false;
  let cause = error;
  for (let depth = 0; depth < MOST_CAUSES && cause instanceof Error; depth += 1) {
    const code = "code" in cause ? String(cause.code) : "";
    isNamed ||= messageOf(cause).includes(home) || code.startsWith("SQLITE_");
    if (isNamed && OF_SYSTEM.test(code)) return true;
    cause = cause.cause;
  }
  return false;
}
