// Makes what S3 requests need of a block's fields, of the settings that s3fs takes, and of AWS's own variables and files.
import { existsSync, readFileSync } from "node:fs";
import { OrchError } from "#lib/errors.ts";
import type { Json, JsonObject } from "#lib/json.ts";
import type { Environment } from "#lib/process/environment.ts";
import { notesOf, readSettings } from "../block-settings.ts";
import { readAwsProfile } from "./aws-files.ts";
import { type Bucket, fitsHost, parseBucketPath, parseEndpoint, regionOfEndpoint } from "./bucket.ts";
import { ANONYMOUS, foundKeys, givenKeys, type KeySource } from "./credentials.ts";

export interface S3Options {
  bucket: Bucket;
  /** Where it is asked for first; the service may name another one. */
  region: string;
  source: KeySource;
  /** Of all requests. */
  headers: Readonly<Record<string, string>>;
  /** Of those that make an object. */
  writeHeaders: Readonly<Record<string, string>>;
  tls: { ca?: string; rejectUnauthorized?: boolean };
  /** Sentences about settings that change nothing here. */
  notes: readonly string[];
}

/** Headers of objects by their names in `s3_additional_kwargs`. */
const WRITE_HEADERS: Readonly<Record<string, string>> = {
  ServerSideEncryption: "x-amz-server-side-encryption",
  SSEKMSKeyId: "x-amz-server-side-encryption-aws-kms-key-id",
  SSEKMSEncryptionContext: "x-amz-server-side-encryption-context",
  BucketKeyEnabled: "x-amz-server-side-encryption-bucket-key-enabled",
  StorageClass: "x-amz-storage-class",
  ACL: "x-amz-acl",
  Tagging: "x-amz-tagging",
  ExpectedBucketOwner: "x-amz-expected-bucket-owner",
};

/** How s3fs keeps what it has read, and how it shares its work out: no difference here. */
const WITHOUT_EFFECT = [
  ...["asynchronous", "cache_regions", "default_block_size", "default_cache_type", "default_fill_cache"],
  ...["fixed_upload_size", "listings_expiry_time", "loop", "max_concurrency", "skip_instance_cache"],
  ...["use_listings_cache", "version_aware", "auto_mkdir"],
];

/** `bucketPath`: `bucket/folder`. Throws `invalid` for what leads nowhere. */
export function s3Options(bucketPath: string, settings: JsonObject, env: Environment): S3Options {
  const given = readSettings(settings);
  const client = readSettings(given.object("client_kwargs"));
  const config = readSettings(given.object("config_kwargs"));
  const style = readSettings(config.object("s3")).text("addressing_style");
  const additional = readSettings(given.object("s3_additional_kwargs"));

  const named = given.text("profile");
  const profile = readAwsProfile(env, named);
  const ofProfile = (name: string) => profile.values?.get(name) || undefined;
  const isSecure = (given.flag("use_ssl") ?? client.flag("use_ssl")) !== false;
  const isIgnoring = env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase() === "true";
  const address =
    given.text("endpoint_url") ??
    client.text("endpoint_url") ??
    (isIgnoring ? undefined : configuredEndpoint(env, profile.serviceEndpoint ?? ofProfile("endpoint_url")));
  const endpoint = address === undefined ? null : parseEndpoint(address, isSecure);
  const regionOfAws = endpoint === null ? undefined : regionOfEndpoint(endpoint);
  const region =
    regionOfAws ??
    client.text("region_name") ??
    config.text("region_name") ??
    (env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || ofProfile("region") || "us-east-1");

  const place = {
    ...parseBucketPath(bucketPath),
    isSecure: endpoint === null ? isSecure : endpoint.startsWith("https:"),
  };
  const isOther = endpoint !== null && regionOfAws === undefined;
  const wanted = style ?? ofProfile("s3.addressing_style") ?? "auto";
  const isPathStyle = wanted === "path" || (wanted !== "virtual" && (isOther || !fitsHost(place)));

  const isAnonymous = given.flag("anon") === true || config.text("signature_version") === "unsigned";
  const source = isAnonymous
    ? ANONYMOUS
    : (givenKeys(
        given.text("key") ?? given.text("username") ?? client.text("aws_access_key_id"),
        given.text("secret") ?? given.text("password") ?? client.text("aws_secret_access_key"),
        given.text("token") ?? client.text("aws_session_token"),
      ) ?? foundKeys(env, profile, named !== undefined, region));

  const writeHeaders = Object.entries(WRITE_HEADERS).flatMap(([name, header]) => {
    const value = additional.text(name);
    return value === undefined ? [] : [[header, value]];
  });
  const isPaying = given.flag("requester_pays") === true || additional.text("RequestPayer") === "requester";
  const verify = client.value("verify") ?? given.value("verify");
  const bundle = env["AWS_CA_BUNDLE"] || ofProfile("ca_bundle") || env["REQUESTS_CA_BUNDLE"];
  for (const name of WITHOUT_EFFECT) given.value(name);
  const unused = [
    ...given.unused(""),
    ...client.unused("client_kwargs."),
    ...config.unused("config_kwargs."),
    ...additional.unused("s3_additional_kwargs."),
  ];
  return {
    bucket: { ...place, endpoint: isOther ? endpoint : null, isPathStyle },
    region,
    source,
    headers: isPaying ? { "x-amz-request-payer": "requester" } : {},
    writeHeaders: Object.fromEntries(writeHeaders),
    tls: tlsOf(verify, bundle),
    notes: notesOf(unused),
  };
}

function configuredEndpoint(env: Environment, ofProfile: string | undefined): string | undefined {
  return (
    (env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"] || env["FSSPEC_S3_ENDPOINT_URL"] || ofProfile) ?? undefined
  );
}

function tlsOf(verify: Json | undefined, bundle: string | undefined): S3Options["tls"] {
  if (verify === false || verify === "false") return { rejectUnauthorized: false };
  const path = typeof verify === "string" && verify !== "true" && verify !== "" ? verify : bundle;
  if (path === undefined) return {};
  if (existsSync(path)) return { ca: readFileSync(path, "utf8") };
  throw new OrchError("invalid", `There is no file '${path}' with the certificates to trust for S3.`);
}
