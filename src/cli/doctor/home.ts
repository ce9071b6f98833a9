// The home and what lies in it: the folder, the database, the key of the blocks, the profiles.
import { existsSync, readFileSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { tooFewFiles } from "#db/few-files.ts";
import { refuseForeignDatabase } from "#db/home/foreign-schema.ts";
import { type DatabaseReport, inspectDatabase } from "#db/inspect.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { rightsOfOthers } from "#lib/files/private.ts";
import { whyUnwritable } from "#lib/files/unwritable-folder.ts";
import { shellQuoted } from "#lib/text/shell-words.ts";
import { homeWords, openHome } from "../kit/home-fault.ts";
import { sizeText } from "../terminal/output.ts";
import { type Finding, fine, wrong } from "./finding.ts";

export function checkHome(home: string): Finding {
  const check = "home";
  const unwritable = whyUnwritable(home);
  if (unwritable) {
    const { says, mend } = homeWords(unwritable);
    return wrong(check, says, mend);
  }
  const stats = statSync(home, { throwIfNoEntry: false });
  if (!stats) return fine(check, `'${home}' is not there yet: the first command that needs it makes it.`);
  const open = openHome(home);
  if (!open) return fine(check, `'${home}'.`);
  const { isWritable: isWrong, ...said } = open;
  return { check, ok: !isWrong, ...said };
}

/** Larger, and the server's checkpoints do not get through. */
const LARGE_WAL_BYTES = 256 * 1024 * 1024;

/** The finding, and what the database says about itself where it can be read. */
export function checkDatabase(home: string): { finding: Finding; report: DatabaseReport | undefined } {
  const path = join(home, "orch.db");
  if (whyUnwritable(home)) {
    const says = `'${path}' is not looked at: SQLite has to write beside it.`;
    return { finding: wrong("database", says, "Fix the home first."), report: undefined };
  }
  try {
    refuseForeignDatabase(path);
    const report = inspectDatabase(path);
    return { finding: judged(path, report), report };
  } catch (error) {
    if (error instanceof OrchError) return { finding: foreign(error), report: undefined };
    const fewFiles = tooFewFiles(error);
    if (fewFiles !== undefined) {
      const says = `'${path}' is not looked at: this process may open too few files.`;
      return { finding: wrong("database", says, fewFiles), report: undefined };
    }
    const mend = "Restore it from a backup, or move it to another place to start with an empty one.";
    return { finding: wrong("database", `'${path}' cannot be read: ${messageOf(error)}.`, mend), report: undefined };
  }
}

function foreign({ message }: OrchError): Finding {
  return wrong(
    "database",
    message,
    "The server does not start on it: 'orch server database restore FILE' replaces it.",
  );
}

function judged(path: string, report: DatabaseReport | undefined): Finding {
  const check = "database";
  if (!report) return fine(check, "None yet: the first command that needs it makes it.");
  const { bytes, walBytes, schema, knownSchema, damage } = report;
  if (damage.length > 0) {
    const mend =
      "Stop the server, then restore it from a backup, or move it to another place to start with an empty one.";
    return wrong(check, `'${path}' is damaged: ${damage[0]}.`, mend);
  }
  if (schema > knownSchema) {
    const says = `'${path}' was written by a newer orch (schema ${schema}, this one knows ${knownSchema}).`;
    return wrong(check, says, "Use the newer orch, or set ORCH_HOME to another folder.");
  }
  if (walBytes > LARGE_WAL_BYTES) {
    const says = `${sizeText(walBytes)} of '${path}-wal' wait to be moved into the database.`;
    return wrong(check, says, "Stop the programs that read the database, then restart the server.");
  }
  const old = schema < knownSchema ? `, schema ${schema}: it becomes ${knownSchema} when it is next used` : "";
  return fine(check, `Whole, ${sizeText(bytes)} and ${sizeText(walBytes)} of log${old}.`);
}

const KEY_BYTES = 32;

export function checkEncryptionKey(home: string, blocks: number): Finding {
  const check = "encryption key";
  const path = join(home, "encryption.key");
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) {
    if (blocks === 0) return fine(check, "None yet: it is made with the first block.");
    return wrong(check, `'${path}' is gone: ${blocks} blocks cannot be read.`, "Restore it from a backup of the home.");
  }
  if (rightsOfOthers(stats) !== "none") {
    return wrong(check, `'${path}' can be read by other users of this machine.`, `chmod 600 ${shellQuoted(path)}`);
  }
  const bytes = Buffer.from(readText(path), "base64").length;
  if (bytes === KEY_BYTES) return fine(check, "Whole, and yours alone.");
  return wrong(check, `'${path}' is damaged: it holds ${bytes} bytes, not ${KEY_BYTES}.`, "Restore it from a backup.");
}

const LEAST_FREE_BYTES = 512 * 1024 * 1024;

export function checkDisk(home: string): Finding {
  const { bavail, bsize } = statfsSync(existingParent(home));
  const free = bavail * bsize;
  if (free >= LEAST_FREE_BYTES) return fine("disk", `${sizeText(free)} free where the home is.`);
  const mend = "Make room: a full disk stops the server from recording anything.";
  return wrong("disk", `Only ${sizeText(free)} free where the home is.`, mend);
}

function existingParent(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existingParent(dirname(path));
}

/** A database of Prefect is no fault: it may be adopted, or left alone. */
export function noticePrefect(home: string, userHome: string): Finding[] {
  const found = prefectDatabase(home, userHome);
  if (found === undefined) return [];
  const way = `orch adopt ${shellQuoted(found)} --dry-run`;
  return [
    fine("Prefect", `'${found}' is Prefect's own database, which orch only reads. What could be taken over: ${way}`),
  ];
}

/** Beside orch's own database, or in its usual place. */
export function prefectDatabase(home: string, userHome: string): string | undefined {
  return [join(home, "prefect.db"), join(userHome, ".prefect", "prefect.db")].find((path) => existsSync(path));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // then it holds nothing for us
  }
}
