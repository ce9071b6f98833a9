// Copies a tree of files: several at a time, as clones where the file system can, node_modules as links.
import { constants } from "node:fs";
import { chmod, copyFile, mkdir, symlink } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { eachOf } from "#lib/parallel.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/private.ts";
import { flushAll } from "./flush.ts";
import { type TreeFile, unreadable } from "./list.ts";
import type { Copied, PutOptions } from "./storage.ts";

/** How many files are copied at the same time. */
const FILES_AT_ONCE = 32;

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
  /** The copies are their owner's alone. Default: files keep their rights, folders get the usual ones. */
  isPrivate?: boolean;
}

/** Copies the files, their folders first. Refuses paths that leave the target. */
export async function copyTree(
  source: string,
  files: readonly TreeFile[],
  target: string,
  { onProgress, durable = false, isPrivate = false }: CopyOptions = {},
): Promise<Copied> {
  const folders = new Set([target, ...files.map(({ path }) => resolve(inside(target, path), ".."))]);
  const mode = isPrivate ? { mode: PRIVATE_FOLDER } : {};
  for (const folder of [...folders].toSorted()) await mkdir(folder, { recursive: true, ...mode });
  const all = sizeOf(files);
  const copied: Copied = { files: 0, bytes: 0 };
  const paths: string[] = [];
  await eachOf(files, FILES_AT_ONCE, async (file) => {
    const to = inside(target, file.path);
    if (file.link !== null) return symlink(file.link, to).catch(keepExisting);
    const from = join(source, file.path);
    // A clone where the file system has them; otherwise the kernel copies, and the bytes never come here.
    await explained(from, copyFile(from, to, constants.COPYFILE_FICLONE));
    if (isPrivate) await chmod(to, file.executable ? PRIVATE_FOLDER : PRIVATE_FILE);
    paths.push(to);
    copied.files += 1;
    copied.bytes += file.bytes;
    onProgress?.({ ...copied }, all);
  });
  if (durable) await flushAll(paths, folders);
  return copied;
}

/** Links are not counted. */
export function sizeOf(files: readonly TreeFile[]): Copied {
  const own = files.filter((file) => file.link === null);
  return { files: own.length, bytes: own.reduce((sum, file) => sum + file.bytes, 0) };
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
