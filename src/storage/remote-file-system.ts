// The block `remote-file-system`: an address whose scheme says what kind of place it is, and the settings that Prefect users have.
import { OrchError } from "#lib/errors.ts";
import { type JsonObject, objectOf, textOfJson } from "#lib/json.ts";
import type { FileStore } from "./file-store.ts";
import type { Storage } from "./storage.ts";
import { storedTree } from "./transfer/stored-tree.ts";

/** What an address says besides its scheme, without slashes at the end; `settings` are those of the block. */
export interface Address {
  scheme: string;
  /** Up to the first slash: a bucket, a container, or a server. */
  host: string;
  /** Neither begins nor ends with a slash. */
  path: string;
  settings: JsonObject;
}

type StoreOpener = (address: Address) => FileStore | Promise<FileStore>;

const SCHEMES: Readonly<Record<string, () => Promise<StoreOpener>>> = {
  s3: async () => (await import("./s3/open.ts")).openS3Address,
  s3a: async () => (await import("./s3/open.ts")).openS3Address,
  gs: async () => (await import("./gcs/open.ts")).openGcsAddress,
  gcs: async () => (await import("./gcs/open.ts")).openGcsAddress,
  az: async () => (await import("./azure/open.ts")).openAzureAddress,
  abfs: async () => (await import("./azure/open.ts")).openAzureAddress,
  abfss: async () => (await import("./azure/open.ts")).openAzureAddress,
  sftp: async () => (await import("./sftp/open.ts")).openSftpAddress,
  ssh: async () => (await import("./sftp/open.ts")).openSftpAddress,
  smb: async () => (await import("./smb/open.ts")).openSmbAddress,
  http: async () => (await import("./web/open.ts")).openWebAddress,
  https: async () => (await import("./web/open.ts")).openWebAddress,
  memory: async () => {
    const { memoryStore } = await import("./memory.ts");
    return ({ host, path }) => memoryStore([host, path].filter((part) => part !== "").join("/"));
  },
};

/** Throws `invalid` for an address without a scheme, or with one that is not known. */
export async function openRemoteFileSystem(data: JsonObject): Promise<Storage> {
  const basepath = textOfJson(data["basepath"] ?? "");
  const {
    scheme = "",
    host = "",
    path = "",
  } = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<host>[^/]*)\/*(?<path>.*?)\/*$/is.exec(basepath)?.groups ?? {};
  const load = Object.hasOwn(SCHEMES, scheme.toLowerCase()) ? SCHEMES[scheme.toLowerCase()] : undefined;
  const shown = basepath.replace(/\/\/[^/@]*@/, "//***@");
  const known = Object.keys(SCHEMES).map((one) => `${one}://`);
  if (!load) {
    const sentence = `The basepath '${shown}' of the remote file system must begin with ${known.join(", ")}.`;
    throw new OrchError("invalid", sentence);
  }
  const settings = objectOf(data["settings"]);
  return storedTree(await (await load())({ scheme: scheme.toLowerCase(), host, path, settings }));
}
