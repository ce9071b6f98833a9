// Folders that runs work in for as long as they last. Who makes one removes it; what a kill -9 left is found by its name.
import { existsSync, lstatSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../process/process-alive.ts";
import { processSpace } from "../process/process-stat.ts";

/** A link at the top of a tree of code that holds more than a project's folder: it leads to that folder. */
export const FOLDER_LINK = ".orch-folder";

/** With the maker's process id, and where that id means something: containers may share the folder for such things. */
const NAME = /^orch-run-(?<space>\d+)-(?<pid>\d+)-/;

/** In the environment of a run that its deployment gave a folder to work in (`working_dir`). */
export const WORKING_DIR_VARIABLE = "ORCH__WORKING_DIR";

/** The folder that the run of this process was given to work in; undefined when it was given none. */
export function givenWorkingDir(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  return env[WORKING_DIR_VARIABLE] || undefined;
}

/**
 * A new folder of this process, without links in its path: stack traces show the real one.
 *
 * @example
 * const folder = makeRunFolder(); // /tmp/orch-run-4026531836-1234-Xy12Ab
 */
export function makeRunFolder(place = tmpdir()): string {
  return realpathSync(mkdtempSync(join(place, `orch-run-${processSpace()}-${process.pid}-`)));
}

/** Whether a path leads into a folder that is removed with its run. */
export function isInRunFolder(path: string): boolean {
  return path.split(/[\\/]/).some((part) => NAME.test(part));
}

/**
 * Removes folders of this user whose makers are gone and that no process works in. Safe at any time and from many processes
 * at once: what cannot be removed stays. Gives their number.
 */
export function removeLeftRunFolders(place = tmpdir()): number {
  if (!existsSync(place)) return 0;
  const space = processSpace();
  const left = readdirSync(place).filter((name) => {
    const found = NAME.exec(name)?.groups;
    return found?.["space"] === space && !isAlive(Number(found["pid"])) && isOwnFolder(join(place, name));
  });
  if (left.length === 0) return 0;
  // A program that a killed agent started may still be at work.
  const inUse = workingFolders();
  const removable = left.filter((name) => !inUse.some((folder) => folder.includes(`/${name}`)));
  return removable.filter((name) => isRemoved(join(place, name))).length;
}

/** Other users of the machine may make folders and links of such names here. */
function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

function isRemoved(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true });
    return true;
  } catch {
    return false; // a run took the rights from its own files
  }
}

function workingFolders(): string[] {
  try {
    return readdirSync("/proc").flatMap((entry) => (/^\d+$/.test(entry) ? workingFolder(entry) : []));
  } catch {
    return []; // a system without /proc
  }
}

function workingFolder(pid: string): string[] {
  try {
    return [readlinkSync(`/proc/${pid}/cwd`)];
  } catch {
    return []; // it has ended, or belongs to another user
  }
}
