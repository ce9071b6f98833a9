// Copies a tree of files: several at a time, as clones where the file system can, node_modules as links.
import { constants, existsSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { chmod, copyFile, mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { isWithin } from "#lib/files/is-within.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/files/private.ts";
import { eachOf } from "#lib/parallel.ts";
import type { Copied, PutOptions } from "../storage.ts";
import { flushAll } from "./flush.ts";
import { type TreeFile, unreadable } from "./list.ts";

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

/** Of the two it names the one that is to blame. */
async function refuse(from: string, to: string, error: unknown): Promise<never> {
  const [{ unwritable }, { isShortage }] = await Promise.all([
    import("#lib/files/fsync.ts"),
    import("#lib/files/system-fault.ts"),
  ]);
  throw isShortage(error) ? unwritable(to, error) : unreadable(from, error);
}

interface CopyOptions extends Pick<PutOptions, "onProgress" | "signal"> {
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
  { onProgress, signal, durable = false, isPrivate = false }: CopyOptions = {},
): Promise<Copied> {
  const folders = new Set([target, ...files.map(({ path }) => resolve(inside(target, path), ".."))]);
  const mode = isPrivate ? { mode: PRIVATE_FOLDER } : {};
  const mayHoldLinks = existsSync(target) && readdirSync(target).length > 0;
  for (const folder of [...folders].toSorted()) {
    if (mayHoldLinks) refuseWayOut(target, folder);
    await mkdir(folder, { recursive: true, ...mode });
  }
  const all = sizeOf(files);
  const copied: Copied = { files: 0, bytes: 0 };
  const paths: string[] = [];
  await eachOf(files, FILES_AT_ONCE, async (file) => {
    signal?.throwIfAborted();
    const to = inside(target, file.path);
    if (file.link !== null) return symlink(file.link, to).catch(keepExisting);
    const from = join(source, file.path);
    if (mayHoldLinks && isLink(to)) await rm(to); // the file takes the place of the link, not of what it leads to
    // A clone where the file system has them; otherwise the kernel copies, and the bytes never come here.
    await copyFile(from, to, constants.COPYFILE_FICLONE).catch((error) => refuse(from, to, error));
    if (isPrivate) await chmod(to, file.executable ? PRIVATE_FOLDER : PRIVATE_FILE);
    paths.push(to);
    copied.files += 1;
    copied.bytes += file.bytes;
    onProgress?.({ ...copied }, all);
  });
  if (durable) await flushAll(paths, folders);
  return copied;
}

/** Throws where a link among the folders that are there leads out of the target. */
function refuseWayOut(target: string, folder: string): void {
  const there = existingPart(folder);
  if (isWithin(realpathSync(target), realpathSync(there))) return;
  throw new OrchError("invalid", `Nothing is copied into '${folder}': a link leads out of '${target}' there.`);
}

function existingPart(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existingPart(dirname(path));
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
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
  if (isWithin(resolve(folder), target)) return target;
  throw new OrchError("invalid", `'${path}' is outside of '${folder}'.`);
}
