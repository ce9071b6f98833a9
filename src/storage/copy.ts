// Copies a tree of files: several at a time, as clones where the file system can, node_modules as links.
import { constants } from "node:fs";
import { copyFile, lstat, mkdir, open, readdir, readlink, stat, symlink } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import { eachOf } from "#lib/parallel.ts";
import type { Copied, PutOptions } from "./storage.ts";

/** How many files are read or written at the same time. */
export const FILES_AT_ONCE = 32;

export const MODULES = "node_modules";

export interface TreeFile {
  /** Relative to the root, with `/`. */
  path: string;
  /** Where a link leads that is made instead of a copy: node_modules. */
  link: string | null;
  bytes: number;
  executable: boolean;
}

/**
 * All files below a folder that are not ignored, in the order of their paths. Links are followed. A node_modules is not
 * looked into: it is a link to where it is, whatever the ignore rules say of it.
 */
export async function listTree(root: string, ignores: (path: string) => boolean = () => false): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  const above = new Set<string>();

  async function visit(folder: string): Promise<void> {
    const path = join(root, folder);
    const { dev, ino } = await stat(path);
    const key = `${dev}:${ino}`;
    if (above.has(key)) throw new OrchError("invalid", `'${path}' leads back to a folder that holds it.`);
    above.add(key);
    const entries = (await explained(path, readdir(path, { withFileTypes: true }))).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    for (const entry of entries) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const place = join(root, name);
      if (entry.name === MODULES && !entry.isFile()) {
        const link = entry.isSymbolicLink() ? resolve(path, await readlink(place)) : resolve(place);
        files.push({ path: name, link, bytes: 0, executable: false });
        continue;
      }
      // Before it is looked at: what is ignored may be a link to nothing.
      if (ignores(entry.isDirectory() ? `${name}/` : name)) continue;
      const info = await statOrExplain(place);
      if (entry.isSymbolicLink() && info.isDirectory() && ignores(`${name}/`)) continue;
      if (info.isDirectory()) await visit(name);
      else if (info.isFile()) {
        files.push({ path: name, link: null, bytes: info.size, executable: (info.mode & 0o100) !== 0 });
      }
    }
    above.delete(key);
  }

  await visit("");
  return files;
}

async function statOrExplain(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (!(await lstat(path)).isSymbolicLink()) throw unreadable(path, error);
    const sentence = `'${path}' is a link to nothing. Remove it, or name it in the ignore file.`;
    throw new OrchError("invalid", sentence, { cause: error });
  }
}

function unreadable(path: string, error: unknown): OrchError {
  return new OrchError("invalid", `'${path}' cannot be copied: ${messageOf(error)}`, { cause: error });
}

/** The result of work on a file; its failure as a sentence that names the file. */
export async function explained<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw unreadable(path, error);
  }
}

interface CopyOptions extends Pick<PutOptions, "onProgress"> {
  /** Returns only when all of it would survive a power cut. */
  durable?: boolean;
}

/** Copies the files, their folders first. Refuses paths that leave the target. */
export async function copyTree(
  source: string,
  files: readonly TreeFile[],
  target: string,
  { onProgress, durable = false }: CopyOptions = {},
): Promise<Copied> {
  const folders = new Set([target, ...files.map(({ path }) => resolve(inside(target, path), ".."))]);
  for (const folder of [...folders].toSorted()) await mkdir(folder, { recursive: true });
  const copied: Copied = { files: 0, bytes: 0 };
  await eachOf(files, FILES_AT_ONCE, async (file) => {
    const to = inside(target, file.path);
    if (file.link !== null) return symlink(file.link, to).catch(keepExisting);
    const from = join(source, file.path);
    await explained(from, copyFile(from, to, constants.COPYFILE_FICLONE));
    if (durable) await flush(to);
    copied.files += 1;
    copied.bytes += file.bytes;
    onProgress?.({ ...copied });
  });
  if (durable) await eachOf(folders, FILES_AT_ONCE, flushFolder);
  return copied;
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The names in a folder. Windows has no such call, and keeps them by itself. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform !== "win32") await flush(path);
}

function keepExisting(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
}

function inside(folder: string, path: string): string {
  const target = resolve(folder, path);
  const way = relative(folder, target);
  if (way === ".." || way.startsWith(`..${sep}`)) {
    throw new OrchError("invalid", `'${path}' lies outside of '${folder}'.`);
  }
  return target;
}
