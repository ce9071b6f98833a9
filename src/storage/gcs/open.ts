// Opens buckets of Google Cloud Storage: the blocks `gcs` and `gcs-bucket`, and `gs://` addresses of the block `remote-file-system`.

import { OrchError } from "#lib/errors.ts";
import { type JsonObject, textOfJson } from "#lib/json.ts";
import { environment } from "#lib/process/environment.ts";
import { withUserHome } from "#lib/process/user-home.ts";
import { pathOf, readSettings } from "../block-settings.ts";
import type { FileStore } from "../file-store.ts";
import type { Address } from "../remote-file-system.ts";
import type { Storage } from "../storage.ts";
import { storedTree } from "../transfer/stored-tree.ts";
import { gcsOptions } from "./options.ts";
import { gcsStore } from "./store.ts";

/** The block has no field for an endpoint: an emulator is where Google's own tools look for it. */
export function openGcs(data: JsonObject): Storage {
  const { bucket_path: path, service_account_info: info, project } = data;
  return opened(textOfJson(path ?? ""), { service_account_info: info ?? null, project: project ?? null });
}

/** The block of prefect-gcp; its credentials are a block `gcp-credentials`, or are written out. */
export function openGcsBucket(data: JsonObject): Storage {
  const given = readSettings(data);
  const own = readSettings(given.object("gcp_credentials"));
  const [info, file] = [own.value("service_account_info"), own.text("service_account_file")];
  if (info !== undefined && file !== undefined) {
    const todo = "Keep either service_account_info or service_account_file.";
    throw new OrchError("invalid", `The credentials of the bucket hold two keys of service accounts. ${todo}`);
  }
  return opened(pathOf(given, "bucket", "bucket_folder"), {
    service_account_info: info ?? (file && withUserHome(file)) ?? null,
    project: own.text("project") ?? null,
  });
}

function opened(bucketPath: string, settings: JsonObject): Storage {
  return storedTree(gcsStore(gcsOptions(bucketPath, settings, environment())));
}

export function openGcsAddress({ host, path, settings }: Address): FileStore {
  return gcsStore(gcsOptions(`${host}/${path}`, settings, environment()));
}
