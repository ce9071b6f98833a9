// Says why nothing can be made in a folder, and what mends it.
import { accessSync, constants, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { shellQuoted } from "../text/shell-words.ts";
import { mountOf } from "./disk.ts";
import { systemCode } from "./system-fault.ts";

export interface Unwritable {
  /** False where it is no folder, or cannot be made. */
  isReadOnly: boolean;
  /** With its full stop. */
  why: string;
  /** A sentence or a command. */
  mend: string;
}

/** `undefined` for a folder in which this user can make files, or that can be made. */
export function whyUnwritable(folder: string): Unwritable | undefined {
  const whole = resolve(folder);
  if (isTooLong(whole)) {
    const why = `its path of ${whole.length} characters is longer than the system permits.`;
    return { isReadOnly: false, why, mend: "Use a shorter one." };
  }
  const { place, stats, denied } = nearest(whole);
  if (denied) return ofRights(whole, place, stats);
  if (stats && !stats.isDirectory()) {
    return { isReadOnly: false, why: `'${place}' is a file, not a folder.`, mend: "Move it to another place." };
  }
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    if (systemCode(error) !== "EROFS") return ofRights(whole, place, stats);
    const why = `the disk that holds '${place}' (mounted at '${mountOf(place)}') is read-only.`;
    return { isReadOnly: true, why, mend: "Mount it so that it can be written." };
  }
}

function isTooLong(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return systemCode(error) === "ENAMETOOLONG";
  }
}

/** A command only for the folder itself: those above it may be the whole system's. */
function ofRights(whole: string, place: string, stats: Stats | undefined): Unwritable {
  const own = process.getuid?.();
  const isOthers = stats !== undefined && own !== undefined && stats.uid !== own;
  const what = isOthers
    ? `'${place}' belongs to the user with id ${stats.uid}, and this is the user with id ${own}.`
    : `the rights of '${place}' do not let this user write in it.`;
  if (place !== whole) {
    return { isReadOnly: false, why: `'${whole}' cannot be made, because ${what}`, mend: "Have it made." };
  }
  const command = isOthers ? `chown -R ${own} ${shellQuoted(place)}` : `chmod u+rwx ${shellQuoted(place)}`;
  return { isReadOnly: true, why: what, mend: isOthers ? `As root: ${command}` : command };
}

/** The path, or the lowest of the folders above it that is there. `denied`: what is in it may not be looked at. */
function nearest(path: string, denied = false): { place: string; stats: Stats | undefined; denied: boolean } {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats || dirname(path) === path) return { place: path, stats, denied };
    return nearest(dirname(path), denied);
  } catch (error) {
    const isDenied = denied || systemCode(error) !== "ENOTDIR";
    return dirname(path) === path
      ? { place: path, stats: undefined, denied: isDenied }
      : nearest(dirname(path), isDenied);
  }
}
