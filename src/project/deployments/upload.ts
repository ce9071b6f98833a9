// A project's files on their way to where runs will take them from: a storage block, or else a snapshot of this machine.
import type { Client } from "#client/client.ts";
import { openStorage } from "#storage/registry.ts";
import type { Copied, OnProgress } from "#storage/storage.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import { readIgnoreRules } from "../packing/ignore.ts";
import { projectTree, type ShownLeftOut } from "../packing/tree.ts";
import { readSecrets, slugOf } from "./saved-blocks.ts";

export interface Uploaded extends Copied {
  /** Where the files are now, for people. */
  location: string;
  /** What was packed from outside of the folder, relative to it. */
  outside: string[];
  leftOut: ShownLeftOut;
  /** Sentences about settings of the block that change nothing. */
  notes: readonly string[];
}

export interface UploadOptions {
  client: Client;
  storage: BlockDocument;
  folder: string;
  /** Below what the block itself names; empty or null for none. */
  path: string | null;
  /** Another ignore file than the folder's own. */
  ignoreFile?: string | undefined;
  /** Its file is packed also where it is a link out of the folder. */
  entrypoint?: string | null | undefined;
  /** Absolute paths that are never part of it: the home, the storage of this machine. */
  ours?: readonly string[];
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Such as GitHub: code is fetched from it, and brought there by other means. */
export function takesUploads(storage: BlockDocument): boolean {
  return storage.block_schema?.capabilities.includes("put-directory") ?? false;
}

/** The files of the folder, without those of its ignore file. Throws `invalid` for a place that cannot be reached. */
export async function uploadToStorage(options: UploadOptions): Promise<Uploaded> {
  const { client, storage, folder, path, onProgress, signal } = options;
  const slug = slugOf(storage);
  const place = await openStorage(slug, await readSecrets(client, storage.id));
  const rules = readIgnoreRules(folder, options.ignoreFile);
  const ours = new Set(options.ours);
  const isOurs = (path: string) => ours.has(path);
  const tree = await projectTree(folder, { rules, entrypoint: options.entrypoint, isOurs });
  const { root, files, outside, leftOut } = tree;
  const copied = await place.putDirectory(root, path || null, {
    files,
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  return { ...copied, outside, leftOut, notes: place.notes ?? [], location: place.location(path || null) };
}
