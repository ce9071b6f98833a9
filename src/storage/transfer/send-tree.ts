// Stores a folder of this machine: what has changed, several files at a time. A run that reads meanwhile, or after an upload
// that was cut off, finds what was there before.
//
// The order is what makes it safe. Content that would take the place of other content is stored beside it first, below
// `.orch/`; then the manifest is written, which leads there; then the files get their names, the manifest leads to these, and
// what was beside goes. At each moment the newest manifest leads to content that is whole.
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { eachOf } from "#lib/parallel.ts";
import { type FileStore, persistently } from "../file-store.ts";
import type { Copied, PutOptions } from "../storage.ts";
import { sizeOf } from "./copy.ts";
import { SMALL_BYTES } from "./fetch-file.ts";
import { bufferFreer } from "./free-buffers.ts";
import { isUnchanged, listTree, type TreeFile } from "./list.ts";
import { inFolder, type Manifest, type ManifestFile, OWN_FOLDER, readManifest, writeManifest } from "./manifest.ts";

/** So many files are on their way at the same time. */
const FILES_AT_ONCE = 32;

interface Sent {
  file: TreeFile;
  entry: ManifestFile;
  /** The same content lies there under its name. */
  isThere: boolean;
}

export async function sendTree(
  store: FileStore,
  localPath: string,
  folder: string,
  { ignores, files: listed, onProgress, signal }: PutOptions = {},
): Promise<Copied> {
  const all = (listed ?? (await listTree(localPath, ignores))).filter(({ path }) => !isOwn(path));
  const files = all.filter(({ link }) => link === null);
  const id = newId();
  const stored = await whatIsStored(store, folder, signal);
  const before = stored.manifest;
  if (!before?.isWhole && stored.sizes.size === 0) {
    await writeManifest(store, folder, { id, isWhole: false, files: [], links: {} }, signal);
  } else if (!before) {
    await writeManifest(store, folder, { id, isWhole: true, files: asFound(stored.sizes), links: {} }, signal);
  }

  const sent: Sent[] = [];
  const sofar: Copied = { files: 0, bytes: 0 };
  const whole = sizeOf(files);
  const free = bufferFreer();
  await eachOf(files, FILES_AT_ONCE, async (file) => {
    const one = await sendOne(file);
    sent.push(one);
    sofar.files += 1;
    advance(0);
  });
  sent.sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1));
  const links = Object.fromEntries(all.flatMap(({ path, link }) => (isPortable(link) ? [[path, link]] : [])));
  const entries = sent.map(({ entry }) => entry);
  await writeManifest(store, folder, { id, isWhole: true, files: entries, links }, signal);
  await nameThem(sent.filter(({ entry }) => entry.at !== undefined));
  return sofar;

  function advance(bytes: number): void {
    sofar.bytes += bytes;
    free(bytes);
    onProgress?.({ ...sofar }, whole);
  }

  async function sendOne(file: TreeFile): Promise<Sent> {
    const source = Bun.file(join(localPath, file.path));
    // What is small is read once.
    const content = file.bytes <= SMALL_BYTES ? await source.bytes() : source;
    const digest = await digestOf(content, free);
    const entry: ManifestFile = { path: file.path, bytes: file.bytes, digest, executable: file.executable };
    const known = stored.byPath.get(file.path);
    const size = stored.sizes.get(file.path);
    const isThere = known?.digest === digest && known.at === undefined && size === file.bytes;
    if (isThere) {
      sofar.bytes += file.bytes;
      return { file, entry, isThere };
    }
    // A file that no manifest names is not seen; what one names as it lies there must stay until the next manifest.
    const isInUse = known ? known.at === undefined : before === null && size !== undefined;
    if (isInUse) entry.at = `${OWN_FOLDER}/${id}/${digest}`;
    let passed = 0;
    const onSent = (bytes: number) => {
      passed += bytes;
      advance(bytes);
    };
    const write = () => {
      sofar.bytes -= passed;
      passed = 0;
      return store.write(inFolder(folder, entry.at ?? file.path), content, signal, onSent);
    };
    try {
      await persistently(write, signal);
    } catch (error) {
      // One that became shorter cannot be sent as it was announced: that is the reason then, whatever the store says.
      throw isUnchanged(localPath, file) || signal?.aborted ? error : changed(file, error);
    }
    if (!isUnchanged(localPath, file)) throw changed(file);
    sofar.bytes += file.bytes - passed;
    return { file, entry, isThere: false };
  }

  /** Gives content that lies beside its name, and takes away what the manifest before had more. */
  async function nameThem(beside: readonly Sent[]): Promise<void> {
    await eachOf(beside, FILES_AT_ONCE, ({ file, entry }) =>
      persistently(
        () => store.write(inFolder(folder, entry.path), Bun.file(join(localPath, file.path)), signal),
        signal,
      ),
    );
    if (beside.some(({ file }) => !isUnchanged(localPath, file))) {
      throw new OrchError("invalid", `Files in '${localPath}' were changed while they were uploaded. Try again.`);
    }
    const named = entries.map(({ at: _, ...entry }) => entry);
    if (beside.length > 0) await writeManifest(store, folder, { id, isWhole: true, files: named, links }, signal);
    const kept = new Set(entries.map(({ path }) => path));
    const gone = (before?.files ?? []).filter(({ path, digest }) => digest !== null && !kept.has(path));
    const places = new Set([
      ...gone.map(({ path }) => path),
      ...[...(before?.files ?? []), ...entries].flatMap(({ at }) => (at === undefined ? [] : [at])),
    ]);
    await eachOf(places, FILES_AT_ONCE, (path) =>
      persistently(() => store.remove(inFolder(folder, path), signal), signal).catch(leaveWhatMustStay),
    );
  }
}

/** Who may write need not be allowed to remove; what stays is in no manifest, so no run sees it. */
function leaveWhatMustStay(error: unknown): void {
  if (!(error instanceof OrchError && error.code === "forbidden")) throw error;
}

function changed({ path }: TreeFile, cause?: unknown): OrchError {
  return new OrchError("invalid", `'${path}' was changed while it was uploaded. Try again.`, { cause });
}

interface Stored {
  manifest: Manifest | null;
  byPath: ReadonlyMap<string, ManifestFile>;
  /** Bytes by path, of all that lies there. */
  sizes: ReadonlyMap<string, number>;
}

async function whatIsStored(store: FileStore, folder: string, signal: AbortSignal | undefined): Promise<Stored> {
  const manifest = await readManifest(store, folder, signal);
  const sizes = await sizesIn(store, folder, signal);
  return { manifest, byPath: new Map(manifest?.files.map((file) => [file.path, file])), sizes };
}

/** Bytes by path of the files of others than orch itself. */
export function sizesIn(store: FileStore, folder: string, signal?: AbortSignal): Promise<Map<string, number>> {
  return persistently(async () => {
    const sizes = new Map<string, number>();
    for await (const { path, bytes } of store.list(folder, signal)) if (!isOwn(path)) sizes.set(path, bytes);
    return sizes;
  }, signal);
}

export function asFound(sizes: ReadonlyMap<string, number>): ManifestFile[] {
  return [...sizes].map(([path, bytes]) => ({ path, bytes, digest: null, executable: false }));
}

function isOwn(path: string): boolean {
  return path.startsWith(`${OWN_FOLDER}/`);
}

/** Installed packages are of this machine: the machine of the run has its own. */
function isPortable(link: string | null): link is string {
  return link !== null && !link.startsWith("/");
}

async function digestOf(file: Blob | Uint8Array, free: (bytes: number) => void): Promise<string> {
  if (!(file instanceof Blob)) return Bun.CryptoHasher.hash("sha256", file, "hex");
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of file.stream()) {
    hasher.update(chunk);
    free(chunk.length);
  }
  return hasher.digest("hex");
}
