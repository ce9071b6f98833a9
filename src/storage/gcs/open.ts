// Opens buckets of Google Cloud Storage: the block `gcs`, and `gs://` addresses of the block `remote-file-system`.
import { environment } from "#lib/environment.ts";
import { type JsonObject, textOfJson } from "#lib/json.ts";
import type { FileStore } from "../file-store.ts";
import type { Address } from "../remote-file-system.ts";
import type { Storage } from "../storage.ts";
import { storedTree } from "../stored-tree.ts";
import { gcsOptions } from "./options.ts";
import { gcsStore } from "./store.ts";

/** The block has no field for an endpoint: an emulator is where Google's own tools look for it. */
export function openGcs(data: JsonObject): Storage {
  const { bucket_path: path, service_account_info: info, project } = data;
  const settings = { service_account_info: info ?? null, project: project ?? null };
  return storedTree(gcsStore(gcsOptions(textOfJson(path ?? ""), settings, environment())));
}

export function openGcsAddress({ host, path, settings }: Address): FileStore {
  return gcsStore(gcsOptions(`${host}/${path}`, settings, environment()));
}
