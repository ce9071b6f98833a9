// Where runs will take a deployment's code from, and the code on its way there.
import { resolve } from "node:path";
import { IMAGE_FLOWS } from "#domain/infrastructure-blocks.ts";
import type { UserApi } from "#engine/session/api.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { readSavedBlock } from "#project/deployments/saved-blocks.ts";
import { takesUploads, uploadToStorage } from "#project/deployments/upload.ts";
import { packSnapshot } from "#project/snapshots/snapshot.ts";
import { type BlockDocument, readBlockDocument } from "#wire/blocks.ts";
import { isSnapshot } from "./fields.ts";

export interface CodePlace {
  /** As the server has it; null: a folder of this machine. */
  storage: JsonObject | null;
  /** Runs happen in an image, which has the code already. */
  isImageBased: boolean;
  path: string | null;
  /** The path was given: nothing is copied there. */
  isOwn: boolean;
}

export interface BringOptions {
  upload: boolean;
  ignoreFile?: string | undefined;
  entrypoint?: string | null;
}

/** The deployment's path. With `upload`, the current folder is there once this is done. */
export async function bringCode(api: UserApi, place: CodePlace, { upload, ...options }: BringOptions) {
  const { storage, path } = place;
  const folder = process.cwd();
  if (storage) {
    if (upload) await bringToStorage(api, await documentOf(api, storage), folder, path, options);
    return path;
  }
  if (place.isOwn && path !== null) return place.isImageBased ? path : resolve(path);
  if (place.isImageBased) return path !== null && !isSnapshot(path, api.settings) ? path : IMAGE_FLOWS;
  if (!upload) return folder;
  const { ORCH_LOCAL_STORAGE_PATH: storageRoot, ORCH_HOME: home } = api.settings;
  return (await packSnapshot({ folder, storageRoot, home, ...options })).path;
}

async function bringToStorage(
  { client, settings }: UserApi,
  storage: BlockDocument,
  folder: string,
  path: string | null,
  options: Omit<BringOptions, "upload">,
): Promise<void> {
  if (!takesUploads(storage)) return;
  const ours = [settings.ORCH_HOME, settings.ORCH_LOCAL_STORAGE_PATH].map((place) => resolve(place));
  await uploadToStorage({ client, storage, folder, path, ours, ...options });
}

async function documentOf({ client }: UserApi, block: JsonObject): Promise<BlockDocument> {
  const { _block_document_id: id, _block_document_name: name, _block_type_slug: slug } = block;
  if (typeof id === "string") return client.call(readBlockDocument, { params: { id } });
  if (typeof name === "string" && typeof slug === "string") return readSavedBlock(client, { slug, name });
  throw new OrchError("invalid", "The deployment's storage is no block that the server has: save it first.");
}
