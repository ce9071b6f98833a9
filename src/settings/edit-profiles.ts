// Changes `profiles.toml`. Apart from the reading of it, which every start does.

import { withFileLock } from "#lib/files/file-lock.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/files/private.ts";
import { own } from "#lib/own.ts";
import { type ProfilesFile, readProfiles } from "./profiles.ts";

/** Lays `changes` over a profile; `null` removes a value. Throws `invalid` where it cannot write. */
export function writeProfile(path: string, name: string, changes: Record<string, string | null>): void {
  editProfiles(path, ({ active, profiles }) => {
    const values = { ...own(profiles, name) };
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) delete values[key];
      else values[key] = value;
    }
    return { active, profiles: { ...profiles, [name]: values } };
  });
}

/** Atomic: a reader sees the old file or the new one, and of two edits at once none is lost. Throws `invalid` where it cannot write, `conflict` where another does not end. */
export function editProfiles(path: string, edit: (file: ProfilesFile) => ProfilesFile): void {
  withFileLock(path, () =>
    writeWhole(path, print(edit(readProfiles(path))), { mode: PRIVATE_FILE, folderMode: PRIVATE_FOLDER }),
  );
}

/** JSON's quoting is TOML's for basic strings, which take no DEL and no half of a surrogate pair. */
function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll("\x7f", "\\u007f");
}

function print({ active, profiles }: ProfilesFile): string {
  const tables = Object.entries(profiles).map(([name, values]) => {
    const lines = Object.entries(values).map(
      ([key, value]) => `${/^[\w-]+$/.test(key) ? key : quoted(key)} = ${quoted(value)}`,
    );
    return [`[profiles.${quoted(name)}]`, ...lines, ""].join("\n");
  });
  return [`active = ${quoted(active)}`, "", ...tables].join("\n");
}
