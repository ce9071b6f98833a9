// The list of what an upload has stored, written when all of it is there: what is not in it is not seen by a run.
import { OrchError } from "#lib/errors.ts";
import { objectOf, tryParseJson } from "#lib/json.ts";
import { type FileStore, persistently } from "../file-store.ts";

/** What orch keeps beside the files; no file of a project. */
export const OWN_FOLDER = ".orch";
const NAME = "manifest.json";
const VERSION = 1;

export interface ManifestFile {
  path: string;
  bytes: number;
  /** SHA-256 in hex; null where another program has stored the file. */
  digest: string | null;
  executable: boolean;
  /** Where the content lies, when it is not at `path` yet: below the folder. */
  at?: string;
}

export interface Manifest {
  /** Changes with every upload. */
  id: string;
  /** False while the first upload goes on: there is nothing whole to see. */
  isWhole: boolean;
  files: ManifestFile[];
  /** Links by their paths, to where they lead: relative, inside of the folder. */
  links: Record<string, string>;
}

export function inFolder(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}

/** Null where no upload of orch was ever made. Throws `invalid` for one that a newer orch has written. */
export async function readManifest(store: FileStore, folder: string, signal?: AbortSignal): Promise<Manifest | null> {
  const path = inFolder(folder, `${OWN_FOLDER}/${NAME}`);
  let text: string;
  try {
    text = await persistently(
      async () => new TextDecoder().decode(await (await store.read(path, signal)).bytes()),
      signal,
    );
  } catch (error) {
    if (error instanceof OrchError && error.code === "not_found") return null;
    throw error;
  }
  const found = tryParseJson(text);
  const { version, ...manifest } = objectOf(found);
  if (version === VERSION && Array.isArray(manifest["files"])) return manifest as unknown as Manifest; // written below
  throw new OrchError(
    "invalid",
    `'${store.location(path)}' cannot be read by this version of orch. Upload the files again.`,
  );
}

export async function writeManifest(store: FileStore, folder: string, manifest: Manifest, signal?: AbortSignal) {
  const path = inFolder(folder, `${OWN_FOLDER}/${NAME}`);
  const content = new TextEncoder().encode(JSON.stringify({ version: VERSION, ...manifest }));
  await persistently(() => store.write(path, content, signal), signal);
}
