// Storage blocks to what they can do. Each kind is loaded when a block of it is used.
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import type { Storage } from "./storage.ts";

/** From the fields of a block, secrets too. Throws `invalid` where they do not lead anywhere. */
export type Opener = (data: JsonObject) => Storage | Promise<Storage>;

/** By the slugs of block types. */
const KINDS: Readonly<Record<string, () => Promise<Opener>>> = {
  "bitbucket-repository": async () => (await import("./git/git.ts")).openBitbucket,
  github: async () => (await import("./git/git.ts")).openGitHub,
  "github-repository": async () => (await import("./git/git.ts")).openGitHubRepository,
  "gitlab-repository": async () => (await import("./git/git.ts")).openGitLab,
  "local-file-system": async () => (await import("./local.ts")).openLocal,
  "remote-file-system": async () => (await import("./remote-file-system.ts")).openRemoteFileSystem,
  azure: async () => (await import("./azure/open.ts")).openAzure,
  "azure-blob-storage-container": async () => (await import("./azure/open.ts")).openAzureContainer,
  gcs: async () => (await import("./gcs/open.ts")).openGcs,
  "gcs-bucket": async () => (await import("./gcs/open.ts")).openGcsBucket,
  s3: async () => (await import("./s3/open.ts")).openS3,
  "s3-bucket": async () => (await import("./s3/open.ts")).openS3Bucket,
  smb: async () => (await import("./smb/open.ts")).openSmb,
};

/** True for a kind that orch can reach. */
export function isKnownStorage(slug: string): boolean {
  return Object.hasOwn(KINDS, slug);
}

/** `data` holds the block's fields, secrets too. Throws `invalid` for a kind that this version cannot reach. */
export async function openStorage(slug: string, data: JsonObject): Promise<Storage> {
  const load = Object.hasOwn(KINDS, slug) ? KINDS[slug] : undefined;
  if (load) return (await load())(data);
  const known = Object.keys(KINDS).map((kind) => `'${kind}'`);
  const sentence = `Storage of type '${slug}' cannot be reached by this version of orch, which knows ${known.join(", ")}.`;
  throw new OrchError("invalid", sentence);
}
