// A snapshot is a project's files as they were: named by their content, never changed, whole or not there at all.
// Cut off anywhere, a build leaves a draft under a name of its own; only a finished draft gets the snapshot's name.
import { mkdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { isWithin } from "#lib/files/is-within.ts";
import { PRIVATE_FOLDER } from "#lib/files/private.ts";
import { newId } from "#lib/ids.ts";
import type { Copied, OnProgress } from "#storage/storage.ts";
import { copyTree, explained, sizeOf } from "#storage/transfer/copy.ts";
import { flushFolder } from "#storage/transfer/flush.ts";
import { readIgnoreRules } from "../packing/ignore.ts";
import { projectTree, type ShownLeftOut } from "../packing/tree.ts";
import { digestsOf, nameOf, perhapsChanged } from "./digest.ts";
import { touchSnapshot } from "./snapshot-use.ts";

export interface Snapshot extends Copied {
  /** Absolute. */
  path: string;
  /** What was packed from outside of the folder, relative to it. */
  outside: string[];
  leftOut: ShownLeftOut;
}

export interface SnapshotOptions {
  folder: string;
  /** Snapshots are kept in `snapshots/` below it. Never part of one. */
  storageRoot: string;
  /** Absolute path of the home: its database and its key are never part of a snapshot either. */
  home?: string;
  /** Another ignore file than the folder's own. */
  ignoreFile?: string | undefined;
  /** Its file is packed also where it is a link out of the folder. */
  entrypoint?: string | null | undefined;
  onProgress?: OnProgress;
}

/** Each build writes its own, with the time and the snapshot's name: no two builds would give the same snapshot. */
const WRITTEN_BY_BUILDS = /^[^/]*-deployment\.yaml$/;

/** The same files give the same snapshot: it is made once, however many build it at the same time. */
export async function packSnapshot(wanted: SnapshotOptions): Promise<Snapshot> {
  const { folder, storageRoot, home, ignoreFile, entrypoint, onProgress } = wanted;
  const rules = readIgnoreRules(folder, ignoreFile);
  const listed = systemClock.now(); // beside the clock of the file system, which cannot be handed in
  const ours = new Set([resolve(storageRoot), ...(home === undefined ? [] : [resolve(home)])]);
  const leavesOut = (path: string) => WRITTEN_BY_BUILDS.test(path) || rules.leavesOut(path);
  const options = { rules: { ...rules, leavesOut }, isOurs: (path: string) => ours.has(path), entrypoint };
  const { root, files, outside, leftOut } = await projectTree(folder, options);
  const snapshots = join(storageRoot, "snapshots");
  const digests = await digestsOf(root, files);
  const known = join(snapshots, nameOf(files, digests));
  if (touchSnapshot(known)) return { path: known, outside, leftOut, ...sizeOf(files) };

  const draft = join(snapshots, `.draft-${newId()}`);
  // A storage outside of the home may be one that others share: they read it as its folder lets them.
  const isPrivate = home !== undefined && isWithin(resolve(home), resolve(storageRoot));
  await explained(draft, mkdir(draft, { recursive: true, ...(isPrivate ? { mode: PRIVATE_FOLDER } : {}) }));
  try {
    const copied = await copyTree(root, files, draft, {
      durable: true,
      isPrivate,
      ...(onProgress ? { onProgress } : {}),
    });
    // By what was copied: a file that was saved meanwhile would stand under the name of its earlier content forever.
    const again = await digestsOf(draft, perhapsChanged(root, files, listed));
    const path = join(snapshots, nameOf(files, new Map([...digests, ...again])));
    await publish(draft, path);
    await flushFolder(snapshots);
    return { path, outside, leftOut, ...copied };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Two builds may write the same snapshot: the first one renames its draft, the second one removes its own. */
async function publish(draft: string, path: string): Promise<void> {
  touchSnapshot(draft); // it may have taken long to make
  try {
    await rename(draft, path);
  } catch (error) {
    if (touchSnapshot(path)) return;
    // It was collected in this very moment.
    await rename(draft, path).catch(() => {
      throw error;
    });
  }
}
