// A snapshot is a project's files as they were: named by their content, never changed, whole or not there at all.
// Cut off anywhere, a build leaves a draft under a name of its own; only a finished draft gets the snapshot's name.
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { newId } from "#lib/ids.ts";
import { copyTree, listTree, type TreeFile } from "#storage/copy.ts";
import type { Copied } from "#storage/storage.ts";
import { readIgnoreFile } from "./ignore.ts";

export interface Snapshot extends Copied {
  /** Absolute. */
  path: string;
}

export interface SnapshotOptions {
  folder: string;
  /** Snapshots are kept in `snapshots/` below it. Never part of one. */
  storageRoot: string;
  /** Absolute path of the home: its database and its key are never part of a snapshot either. */
  home?: string;
  onProgress?: (sofar: Copied) => void;
}

const MODULES = "node_modules";

/** The same files give the same snapshot: it is made once, however many build it at the same time. */
export async function packSnapshot({ folder, storageRoot, home, onProgress }: SnapshotOptions): Promise<Snapshot> {
  const rules = readIgnoreFile(folder);
  const ours = new Set([resolve(storageRoot), ...(home === undefined ? [] : [resolve(home)])]);
  const files = await listTree(folder, (path) => ours.has(resolve(folder, path)) || rules(path));
  const modules = findModules(folder);
  const name = await nameOf(folder, files, modules);
  const snapshots = join(storageRoot, "snapshots");
  const path = join(snapshots, name);
  const total = { files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
  if (existsSync(path)) return { path, ...total };

  const draft = join(snapshots, `.draft-${newId()}`);
  await mkdir(draft, { recursive: true });
  try {
    await copyTree(folder, files, draft, onProgress ? { onProgress } : {});
    if (modules && !files.some((file) => file.path === MODULES)) await symlink(modules, join(draft, MODULES));
    await publish(draft, path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return { path, ...total };
}

/** Whoever finishes first gives the snapshot its name; the other's draft is the same and goes. */
async function publish(draft: string, path: string): Promise<void> {
  try {
    await rename(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

/** The nearest node_modules, as packages are looked up: in the folder or above it. */
function findModules(folder: string): string | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const candidate = join(at, MODULES);
    if (existsSync(candidate)) return candidate;
    if (dirname(at) === at) return null;
  }
}

async function nameOf(folder: string, files: readonly TreeFile[], modules: string | null): Promise<string> {
  const hash = createHash("sha256").update(`modules ${modules ?? ""}\n`);
  for (const file of files) {
    hash.update(`${file.path}\0${file.executable ? "x" : "-"}\0${file.link ?? ""}\0${file.bytes}\n`);
    if (file.link === null) for await (const chunk of createReadStream(join(folder, file.path))) hash.update(chunk);
  }
  return hash.digest("hex");
}
