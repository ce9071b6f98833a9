// `orch server database backup FILE`.
import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { blocksIn } from "#db/inspect.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { PRIVATE_FILE } from "#lib/files/private.ts";
import { command, type Io } from "../kit/command.ts";
import { sizeText } from "../terminal/output.ts";
import { existingDatabase } from "./home-database.ts";
import { performed } from "./work.ts";

export const backup = command({
  description: "Write a consistent copy of the database, also while a server uses it.",
  examples: ["orch server database backup backup.db", "orch server database backup nightly.db --overwrite --with-key"],
  options: {
    file: { type: "positional", required: true, makes: "file", description: "The file to write." },
    overwrite: { type: "boolean", description: "Replace an existing file, in one step." },
    "with-key": {
      type: "boolean",
      description: "Also write FILE.key, the key to the secrets in the backup. Keep it as safe as they are.",
    },
  },
  async run({ options, io, loaded }) {
    const { path, keyPath } = existingDatabase(loaded.settings);
    const target = resolve(io.cwd, options.file);
    checkTarget(target, options);
    await performed({ kind: "backup", path, target }, io, { clock: systemClock });
    io.out(io.paint.good(`Backed up '${path}' to '${target}' (${sizeText(statSync(target).size)}).`));
    if (existsSync(keyPath)) sayKey(io, { keyPath, target, blocks: blocksIn(path), withKey: options["with-key"] });
  },
});

function checkTarget(target: string, { file, overwrite }: { file: string; overwrite: boolean }): void {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw new OrchError("invalid", `'${file}' is a folder: name a file in it.`);
  if (stats && !overwrite) {
    throw new OrchError("conflict", `'${file}' is there already. Take another name, or add --overwrite.`);
  }
  if (!existsSync(dirname(target))) throw new OrchError("invalid", `There is no folder '${dirname(target)}'.`);
}

interface KeyOptions {
  keyPath: string;
  target: string;
  blocks: number;
  withKey: boolean;
}

function sayKey(io: Io, { keyPath, target, blocks, withKey }: KeyOptions): void {
  if (withKey) {
    copyKey(keyPath, `${target}.key`);
    io.out(`The key of its blocks is in '${target}.key'. Who has both files can read the secrets.`);
  } else if (blocks > 0) {
    io.out(`Its ${blocks} block(s) are sealed with '${keyPath}', which is not in the backup: keep a copy elsewhere.`);
  }
}

/** At once, and never readable by others. */
export function copyKey(from: string, to: string): void {
  if (existsSync(to)) chmodSync(to, PRIVATE_FILE);
  writeWhole(to, readFileSync(from), { mode: PRIVATE_FILE, durable: true });
}
