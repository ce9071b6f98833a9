// Uploads files as commands do it, with one sentence at the end.
import { existsSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import type { Client } from "#client/client.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { takesUploads, uploadToStorage } from "#project/deployments/upload.ts";
import { isEnvFile } from "#project/packing/secret-files.ts";
import type { ShownLeftOut } from "#project/packing/tree.ts";
import { packSnapshot } from "#project/snapshots/snapshot.ts";
import type { Settings } from "#settings/table.ts";
import type { Copied } from "#storage/storage.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import type { Io } from "../../kit/command.ts";
import { sizeText } from "../../terminal/output.ts";
import { untilInterrupted, withUploadProgress } from "./upload-progress.ts";

/** The folder as it is now, on this machine. Gives the snapshot's path, and the sentence about it. */
export async function uploadSnapshot(
  io: Io,
  settings: Settings,
  entrypoint: string | null,
): Promise<{ path: string; said: string }> {
  const { path, outside, leftOut, ...copied } = await withUploadProgress(io, systemClock, (onProgress) =>
    packSnapshot({
      folder: io.cwd,
      storageRoot: settings.ORCH_LOCAL_STORAGE_PATH,
      home: settings.ORCH_HOME,
      entrypoint,
      onProgress,
    }),
  );
  noteTree(io, outside, leftOut);
  return { path, said: uploaded(io, copied, path) };
}

export function isSnapshot(path: string | null, { ORCH_LOCAL_STORAGE_PATH: root }: Settings): boolean {
  return path?.startsWith(join(root, "snapshots") + sep) ?? false;
}

/** Of an old file: its snapshot may have been collected since. */
export function refuseLostSnapshot(path: string | null, file: string, settings: Settings): void {
  if (path === null || !isSnapshot(path, settings) || existsSync(path)) return;
  const sentence = `The snapshot '${path}' that '${file}' names is not there any more.`;
  throw new OrchError("invalid", `${sentence} 'orch deployment apply --upload' takes a new one of this folder.`);
}

export interface UploadedFiles {
  /** Below the block's own place. */
  path: string | null;
  entrypoint: string | null;
  settings: Settings;
  /** Another one than the folder's own. */
  ignoreFile?: string | undefined;
}

/** Gives the sentence about it, also when this storage takes no uploads. */
export async function uploadFiles(
  io: Io,
  client: Client,
  storage: BlockDocument,
  { path, entrypoint, settings, ignoreFile }: UploadedFiles,
): Promise<string> {
  if (!takesUploads(storage)) {
    const what = `Storage block '${storage.block_type?.slug}/${storage.name}' does not take uploads`;
    return io.paint.good(`${what}; nothing was uploaded. Pass --skip-upload to suppress this line.`);
  }
  const ours = [settings.ORCH_HOME, settings.ORCH_LOCAL_STORAGE_PATH].map((place) => resolve(place));
  const { location, outside, leftOut, notes, ...copied } = await untilInterrupted((signal) =>
    withUploadProgress(io, systemClock, (onProgress) =>
      uploadToStorage({ client, storage, folder: io.cwd, path, ignoreFile, entrypoint, ours, onProgress, signal }),
    ),
  );
  for (const note of notes) io.err(note);
  noteTree(io, outside, leftOut);
  return uploaded(io, copied, location);
}

function noteTree(io: Io, outside: readonly string[], { links, secrets }: ShownLeftOut): void {
  if (outside.length > 0) io.out(`Packed from outside of this folder: ${few(outside)}`);
  const isOwnEnv = (path: string) => isEnvFile(path) && !path.includes("/");
  noteEnvFiles(io, secrets.filter(isOwnEnv));
  const others = secrets.filter((path) => !isOwnEnv(path));
  const takesAlong = (path = "") => `a line '!${path}' in the ignore file packs it`;
  if (others.length > 0) io.out(`Left out, as it may hold secrets: ${few(others)}; ${takesAlong(others[0])}.`);
  const led = links.map(({ path, target }) => `${path} -> ${target}`);
  if (led.length > 0) io.out(`Links out of this folder are not followed: ${few(led)}; ${takesAlong(links[0]?.path)}.`);
}

/** Runs that take their code from elsewhere do not have the variables of these files. */
function noteEnvFiles(io: Io, files: readonly string[]): void {
  if (files.length === 0) return;
  const [verb, their] = files.length === 1 ? ["is", "its"] : ["are", "their"];
  const sentence = `${files.join(", ")} ${verb} not packed: give runs ${their} variables with --override env.NAME=value`;
  io.out(`${sentence}, or in the environment of the agent.`);
}

/** A few are named. */
const MOST_NAMED = 5;

function few(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
  return names.slice(0, MOST_NAMED).join(", ") + more;
}

function uploaded(io: Io, { files, bytes }: Copied, location: string): string {
  const count = `${files} file${files === 1 ? "" : "s"} (${sizeText(bytes)})`;
  return io.paint.good(`Successfully uploaded ${count} to ${location}`);
}
