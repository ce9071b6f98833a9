// What a folder holds: every file that is not ignored, and how to tell later whether it was changed meanwhile.
import { type BigIntStats, type Dirent, lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import { FOLDER_LINK } from "#lib/files/run-folder.ts";
import { nextTurn } from "#lib/yield.ts";

export const MODULES = "node_modules";

export interface TreeFile {
  /** Relative to the root, with `/`. */
  path: string;
  /** Where a link leads that is made instead of a copy: node_modules, packages in it, `FOLDER_LINK`. */
  link: string | null;
  bytes: number;
  executable: boolean;
  /** Another one after every change of the file; empty for links. */
  stamp: string;
  /** Milliseconds since 1970; a change within the same tick of the file system's clock leaves the stamp as it is. */
  changed: number;
}

/** Decides on a link: true where it is followed. `target` is absolute, without links in its path. */
export type Follows = (path: string, target: string) => boolean;

/**
 * All files below a folder that are not ignored, in the order of their paths. Links are followed where `follows` says so;
 * without it, all. A node_modules is not looked into: it is a link to where it is, whatever the
 * ignore rules say of it. Pipes, sockets and devices are no files.
 */
export async function listTree(
  root: string,
  ignores: (path: string) => boolean = () => false,
  follows: Follows | undefined = undefined,
): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  const above = new Set<string>();

  async function visit(folder: string): Promise<void> {
    const path = join(root, folder);
    const key = folderKey(path);
    if (above.has(key))
      throw new OrchError(
        "invalid",
        `'${path}' leads back to a folder that holds it: remove the link, or name it in .prefectignore.`,
      );
    above.add(key);
    // Waiting for each answer by itself takes ten times as long: 0.5 s for 10,000 files.
    await nextTurn();
    for (const entry of entriesOf(path)) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const place = join(root, name);
      if (name === FOLDER_LINK && entry.isSymbolicLink()) {
        files.push(linkTo(name, readlinkSync(place)));
        continue;
      }
      if (entry.name === MODULES && !entry.isFile()) {
        const link = entry.isSymbolicLink() ? resolve(path, readlinkSync(place)) : resolve(place);
        files.push(linkTo(name, link));
        continue;
      }
      // Before it is looked at: what is ignored may be a link to nothing.
      if (ignores(entry.isDirectory() ? `${name}/` : name)) continue;
      if (follows && entry.isSymbolicLink() && !follows(name, targetOf(place))) continue;
      const info = look(place);
      if (entry.isSymbolicLink() && info.isDirectory() && ignores(`${name}/`)) continue;
      if (info.isDirectory()) await visit(name);
      else if (info.isFile()) files.push(fileOf(name, info));
    }
    above.delete(key);
  }

  await visit("");
  return files;
}

/** Where a link leads in the end; for a link to nothing, where it would. */
function targetOf(link: string): string {
  try {
    return realpathSync(link);
  } catch {
    return resolve(dirname(link), readlinkSync(link));
  }
}

/** One file of a folder, as `listTree` lists it. */
export function listFile(folder: string, path: string): TreeFile {
  return fileOf(path, look(join(folder, path)));
}

export function linkTo(path: string, link: string): TreeFile {
  return { path, link, bytes: 0, executable: false, stamp: "", changed: 0 };
}

/** Whether the file is what it was when it was listed; false too when it is gone. */
export function isUnchanged(root: string, file: TreeFile): boolean {
  const info = statSync(join(root, file.path), { bigint: true, throwIfNoEntry: false });
  return info !== undefined && stampOf(info) === file.stamp;
}

function fileOf(path: string, info: BigIntStats): TreeFile {
  const executable = (info.mode & 0o100n) !== 0n;
  const changed = Number(info.ctimeMs);
  return { path, link: null, bytes: Number(info.size), executable, stamp: stampOf(info), changed };
}

function stampOf({ dev, ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mode, mtimeNs, ctimeNs].join(" ");
}

function folderKey(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function look(path: string): BigIntStats {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (!lstatSync(path).isSymbolicLink()) throw unreadable(path, error);
    const sentence = `'${path}' is a link to nothing. Remove it, or name it in the ignore file.`;
    throw new OrchError("invalid", sentence, { cause: error });
  }
}

/** A file's failure as a sentence that names it. */
export function unreadable(path: string, error: unknown): OrchError {
  return new OrchError("invalid", `'${path}' cannot be copied: ${messageOf(error)}`, { cause: error });
}
