// Uploads as commands show them: a line that grows on long ones, and one sentence at the end.
import { join, sep } from "node:path";
import type { Client } from "#client/client.ts";
import { packSnapshot } from "#project/snapshot.ts";
import { takesUploads, uploadToStorage } from "#project/upload.ts";
import type { Settings } from "#settings/table.ts";
import type { Copied } from "#storage/storage.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import type { Io } from "../command.ts";

const PROGRESS_EVERY_FILES = 20;

/** The folder as it is now, on this machine. Gives the snapshot's path, and the sentence about it. */
export async function uploadSnapshot(io: Io, settings: Settings): Promise<{ path: string; said: string }> {
  const { path, ...copied } = await packSnapshot({
    folder: io.cwd,
    storageRoot: settings.ORCH_LOCAL_STORAGE_PATH,
    home: settings.ORCH_HOME,
    onProgress: progressOn(io),
  });
  io.progress("");
  return { path, said: uploaded(io, copied, path) };
}

export function isSnapshot(path: string | null, { ORCH_LOCAL_STORAGE_PATH: root }: Settings): boolean {
  return path?.startsWith(join(root, "snapshots") + sep) ?? false;
}

/** Gives the sentence about it, also when this storage takes no uploads. */
export async function uploadFiles(
  io: Io,
  client: Client,
  storage: BlockDocument,
  path: string | null,
): Promise<string> {
  if (!takesUploads(storage)) {
    const what = `Storage block '${storage.block_type?.slug}/${storage.name}' does not take uploads`;
    return io.paint.good(`${what}; nothing was uploaded. Pass --skip-upload to suppress this line.`);
  }
  const { location, ...copied } = await uploadToStorage({
    ...{ client, storage, folder: io.cwd, path },
    onProgress: progressOn(io),
  });
  io.progress("");
  return uploaded(io, copied, location);
}

function progressOn(io: Io): (sofar: Copied) => void {
  return ({ files, bytes }) => {
    if (files % PROGRESS_EVERY_FILES === 0) io.progress(`Uploading: ${files} files, ${sizeText(bytes)}`);
  };
}

function uploaded(io: Io, { files, bytes }: Copied, location: string): string {
  const count = `${files} file${files === 1 ? "" : "s"} (${sizeText(bytes)})`;
  return io.paint.good(`Successfully uploaded ${count} to ${location}`);
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
