// Opens buckets: the block `s3`, and `s3://` addresses of the block `remote-file-system`.
import { environment } from "#lib/environment.ts";
import { type JsonObject, textOfJson } from "#lib/json.ts";
import type { FileStore } from "../file-store.ts";
import type { Address } from "../remote-file-system.ts";
import type { Storage } from "../storage.ts";
import { storedTree } from "../stored-tree.ts";
import { s3Options } from "./options.ts";
import { s3Store } from "./store.ts";

/** The block has no fields for endpoint and region: they are where AWS's own tools look for them. */
export function openS3(data: JsonObject): Storage {
  const { bucket_path: path, aws_access_key_id: key, aws_secret_access_key: secret } = data;
  const settings = { key: key ?? null, secret: secret ?? null };
  return storedTree(s3Store(s3Options(textOfJson(path ?? ""), settings, environment())));
}

export function openS3Address({ host, path, settings }: Address): FileStore {
  return s3Store(s3Options(`${host}/${path}`, settings, environment()));
}
