// Makes what requests to Google Cloud Storage need of a block's fields, of the settings that gcsfs takes, and of variables.

import { OrchError } from "#lib/errors.ts";
import { type JsonObject, textOfJson } from "#lib/json.ts";
import type { Environment } from "#lib/process/environment.ts";
import { notesOf, readSettings } from "../block-settings.ts";
import { ANONYMOUS, foundTokens, givenTokens, type TokenSource } from "./credentials.ts";

export interface GcsOptions {
  bucket: string;
  /** The folder in it that all paths are below; `""` for the bucket itself. */
  base: string;
  /** `https://storage.googleapis.com`, without a slash at its end. */
  endpoint: string;
  source: TokenSource;
  /** The project that pays for requests, where the bucket's owner does not. */
  payingProject: string | undefined;
  /** Sentences about settings that change nothing here. */
  notes: readonly string[];
}

const GOOGLE = "https://storage.googleapis.com";

/** How gcsfs keeps what it has read, and how it shares its work out: no difference here. */
const WITHOUT_EFFECT = [
  ...["access", "asynchronous", "auto_mkdir", "block_size", "cache_timeout", "check_connection", "consistency", "loop"],
  ...["default_location", "listings_expiry_time", "secure_serialize", "session_kwargs", "skip_instance_cache"],
  ...["timeout", "use_listings_cache", "version_aware"],
];

/** `bucketPath`: `bucket/folder`. Throws `invalid` for what leads nowhere. */
export function gcsOptions(bucketPath: string, settings: JsonObject, env: Environment): GcsOptions {
  const given = readSettings(settings);
  const project = given.text("project") ?? (env["GOOGLE_CLOUD_PROJECT"] || env["GCLOUD_PROJECT"] || undefined);
  const emulator = env["STORAGE_EMULATOR_HOST"] || undefined;
  const named = given.text("endpoint_url");
  const endpoint = parseEndpoint(named ?? emulator ?? GOOGLE);
  const isGoogle = /(^|\.)googleapis\.com$/.test(new URL(endpoint).hostname);
  const info = given.value("service_account_info") ?? given.value("token");
  const isEmulator = named === undefined && emulator !== undefined;
  const source = isEmulator ? ANONYMOUS : (givenTokens(info) ?? (isGoogle ? foundTokens() : ANONYMOUS));
  for (const name of WITHOUT_EFFECT) given.value(name);
  return {
    ...parseBucketPath(bucketPath),
    ...{ endpoint, source, payingProject: payingProject(given.value("requester_pays"), project) },
    notes: notesOf(given.unused("")),
  };
}

function parseBucketPath(text: string): { bucket: string; base: string } {
  const parts = text.replace(/^(gs|gcs):\/\//i, "").split("/");
  const [bucket = "", ...folders] = parts.filter((part) => part !== "");
  if (/^[\w.-]+$/.test(bucket)) return { bucket, base: folders.join("/") };
  throw new OrchError("invalid", `'${text}' names no bucket. Write 'bucket' or 'bucket/folder'.`);
}

function parseEndpoint(text: string): string {
  const address = /^\w+:\/\//.test(text) ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  throw new OrchError("invalid", `The endpoint '${text}' of Google Cloud Storage is no address such as ${GOOGLE}.`);
}

/** As gcsfs takes it: true for the block's project, or the name of another one. */
function payingProject(value: JsonObject[string] | undefined, project: string | undefined): string | undefined {
  const text = textOfJson(value ?? false);
  if (/^(false|0|no|)$/i.test(text)) return undefined;
  if (!/^(true|1|yes)$/i.test(text)) return text;
  if (project !== undefined) return project;
  throw new OrchError("invalid", "The block has requester_pays, but no project that pays: give it a project.");
}
