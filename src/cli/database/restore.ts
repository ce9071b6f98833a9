// `orch server database restore FILE`: the backup is copied and checked before anything is touched, and what was there
// keeps a name of its own.
import { existsSync, mkdirSync, renameSync, type Stats, statfsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type CheckedCopy, checkedCopy, discardCopy, replaceDatabase } from "#db/backup.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { PRIVATE_FOLDER } from "#lib/files/private.ts";
import { requireReadableFile } from "#lib/files/readable-file.ts";
import { keyOpens } from "#server/kernel/vault.ts";
import { command, type Io } from "../kit/command.ts";
import { confirmed, YES_OPTION } from "../terminal/confirm.ts";
import { sizeText } from "../terminal/output.ts";
import { copyKey } from "./backup.ts";
import { aloneInHome, homeDatabase, stampOf } from "./home-database.ts";

export const restore = command({
  description: "Replace the database with a backup and keep the old one in another file.",
  examples: ["orch server database restore backup.db", "orch server database restore nightly.db --yes"],
  options: {
    backup: { type: "positional", required: true, description: "A file written by 'orch server database backup'." },
    ...YES_OPTION,
  },
  async run({ options, io, loaded }) {
    const { path, keyPath } = homeDatabase(loaded.settings);
    const source = resolve(io.cwd, options.backup);
    const stats = fileAt(source, options.backup);
    if (isSameFile(stats, path)) throw new OrchError("invalid", `'${options.backup}' is the database itself.`);
    const alone = { work: "orch server database restore", why: "It would go on with the old database." };
    await aloneInHome(loaded.settings, alone, async () => {
      mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
      refuseWithoutRoom(stats.size, path, options.backup);
      io.progress(`Checking ${sizeText(stats.size)}…`);
      const checked = checkedCopyOf(source, path, io);
      const isThere = existsSync(path);
      if (isThere) {
        const question = `Replace '${path}' by '${options.backup}'?`;
        await confirmed(io, options, question, "The database was not replaced.").catch((error) => {
          discardCopy(checked);
          throw error;
        });
      }
      const aside = `${path}.before-restore-${stampOf(systemClock.now())}`;
      replaceDatabase(checked, path, aside);
      io.out(io.paint.good(`Restored '${path}' from '${options.backup}': ${checked.flowRuns} flow run(s).`));
      // Cut off here, the same command does it when it is run again.
      takeKey(checked, { source, keyPath, aside }, io);
      if (isThere) io.out(`What was there before is in '${aside}'.`);
      const { schema, knownSchema } = checked;
      if (schema < knownSchema) io.out(`Its schema ${schema} becomes ${knownSchema} when it is next used.`);
    });
  },
});

/** Of a file, or of the file that a link leads to. */
function fileAt(path: string, given: string): Stats {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) throw new OrchError("invalid", `'${given}' is no file: a backup is one.`);
  requireReadableFile(path, given);
  return statSync(path);
}

function isSameFile({ dev, ino }: Stats, path: string): boolean {
  const other = statSync(path, { throwIfNoEntry: false });
  return other?.dev === dev && other.ino === ino;
}

/** The backup is copied before it is looked into. */
function refuseWithoutRoom(bytes: number, path: string, given: string): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bytes <= bavail * bsize) return;
  const needed = `'${given}' needs ${sizeText(bytes)} in '${dirname(path)}', and there are ${sizeText(bavail * bsize)}`;
  throw new OrchError("unavailable", `${needed}. Make room, and restore it again.`);
}

function checkedCopyOf(source: string, path: string, io: Io): CheckedCopy {
  try {
    return checkedCopy(source, path);
  } finally {
    io.progress("");
  }
}

/** The key beside the backup is taken when it opens the backup's blocks and the home's does not. */
function takeKey(
  { sealed, blocks }: CheckedCopy,
  { source, keyPath, aside }: { source: string; keyPath: string; aside: string },
  io: Io,
): void {
  if (sealed === null || keyOpens(keyPath, sealed)) return;
  const beside = `${source}.key`;
  if (!keyOpens(beside, sealed)) {
    const sentence = `The backup's ${blocks} block(s) cannot be read with '${keyPath}': put the key they were saved with there.`;
    io.err(io.paint.bad(sentence));
    return;
  }
  if (existsSync(keyPath)) renameSync(keyPath, `${aside}.key`);
  copyKey(beside, keyPath);
  io.out(`The key of its blocks was taken from '${beside}'.`);
}
