// Opens buckets: the blocks `s3` and `s3-bucket`, and `s3://` addresses of the block `remote-file-system`.

import { type JsonObject, objectOf, textOfJson } from "#lib/json.ts";
import { environment } from "#lib/process/environment.ts";
import { pathOf, readSettings } from "../block-settings.ts";
import type { FileStore } from "../file-store.ts";
import type { Address } from "../remote-file-system.ts";
import type { Storage } from "../storage.ts";
import { storedTree } from "../transfer/stored-tree.ts";
import { s3Options } from "./options.ts";
import { s3Store } from "./store.ts";

/** The block has no fields for endpoint and region: they are where AWS's own tools look for them. */
export function openS3(data: JsonObject): Storage {
  const { bucket_path: path, aws_access_key_id: key, aws_secret_access_key: secret } = data;
  return opened(textOfJson(path ?? ""), { key: key ?? null, secret: secret ?? null });
}

export function openS3Address({ host, path, settings }: Address): FileStore {
  return s3Store(s3Options(`${host}/${path}`, settings, environment()));
}

/** The block of prefect-aws; its credentials are a block `aws-credentials` or `minio-credentials`, or are written out. */
export function openS3Bucket(data: JsonObject): Storage {
  const own = objectOf(data["credentials"] ?? data["aws_credentials"] ?? data["minio_credentials"]);
  const client = objectOf(own["aws_client_parameters"]);
  const settings = {
    key: own["aws_access_key_id"] ?? own["minio_root_user"] ?? null,
    secret: own["aws_secret_access_key"] ?? own["minio_root_password"] ?? null,
    token: own["aws_session_token"] ?? null,
    profile: own["profile_name"] ?? null,
    client_kwargs: {
      endpoint_url: client["endpoint_url"] ?? data["endpoint_url"] ?? null,
      region_name: own["region_name"] ?? null,
      use_ssl: client["use_ssl"] ?? null,
      verify: client["verify_cert_path"] ?? client["verify"] ?? null,
    },
    config_kwargs: objectOf(client["config"]),
  };
  const folder = data["bucket_folder"] === undefined ? "basepath" : "bucket_folder"; // as versions name it
  return opened(pathOf(readSettings(data), "bucket_name", folder), settings);
}

function opened(bucketPath: string, settings: JsonObject): Storage {
  return storedTree(s3Store(s3Options(bucketPath, settings, environment())));
}
