// Makes the addresses of a bucket and its keys, at AWS or at another service that speaks like it.
import { OrchError } from "#lib/errors.ts";

export interface Bucket {
  name: string;
  /** The folder in it that all paths are below; `""` for the bucket itself. */
  base: string;
  /** Of another service than AWS: `https://minio.lan:9000`. */
  endpoint: string | null;
  /** Whether the bucket is in the path and not in the host's name. */
  isPathStyle: boolean;
  isSecure: boolean;
}

/** `bucket/folder` as people write it: with slashes, with `s3://`. Throws `invalid` for what names no bucket. */
export function parseBucketPath(text: string): { name: string; base: string } {
  const [name = "", ...folders] = text
    .replace(/^s3a?:\/\//i, "")
    .split("/")
    .filter((part) => part !== "");
  if (/^[\w.-]+$/.test(name)) return { name, base: folders.join("/") };
  const sentence = `'${text}' names no bucket. Write 'bucket' or 'bucket/folder'; for an access point, its alias.`;
  throw new OrchError("invalid", sentence);
}

/** Throws `invalid` for an address that is none. `isSecure` where it has no scheme. */
export function parseEndpoint(text: string, isSecure: boolean): string {
  const address = /^\w+:\/\//.test(text) ? text : `http${isSecure ? "s" : ""}://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  throw new OrchError("invalid", `The endpoint '${text}' is no address such as https://minio.lan:9000.`);
}

/** The region of one of AWS's own endpoints, which is no other service then; undefined for others. */
export function regionOfEndpoint(endpoint: string): string | undefined {
  const { host } = new URL(endpoint);
  if (host === "s3.amazonaws.com") return "us-east-1";
  return /^s3[.-]([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(host)?.[1];
}

/** A host's name has no capitals, and one certificate is for names without further dots. */
export function fitsHost({ name, isSecure }: Pick<Bucket, "name" | "isSecure">): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !(isSecure && name.includes("."));
}

/** `key` without a slash at its begin; `""` for the bucket itself. */
export function urlOf(bucket: Bucket, region: string, key: string, query: Readonly<Record<string, string>> = {}): URL {
  const scheme = bucket.isSecure ? "https" : "http";
  const endpoint = new URL(bucket.endpoint ?? `${scheme}://s3.${region}.${domainOf(region)}`);
  const path = endpoint.pathname.replace(/\/$/, "");
  const written = encoded(key);
  const url = bucket.isPathStyle
    ? `${endpoint.origin}${path}/${bucket.name}/${written}`
    : `${endpoint.protocol}//${bucket.name}.${endpoint.host}${path}/${written}`;
  const search = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encodedWhole(value)}`);
  return new URL(search.length > 0 ? `${url}?${search.join("&")}` : url);
}

function domainOf(region: string): string {
  if (region.startsWith("cn-")) return "amazonaws.com.cn";
  return region.startsWith("eusc-") ? "amazonaws.eu" : "amazonaws.com";
}

function encoded(key: string): string {
  return key.split("/").map(encodedWhole).join("/");
}

/** As the signature counts the signs: all but letters, digits and `-_.~`. */
function encodedWhole(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
