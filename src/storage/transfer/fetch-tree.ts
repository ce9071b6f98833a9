// Brings a stored folder to this machine: the files of one manifest, each checked on arrival. When another upload ends
// meanwhile, all begins again with what that one has stored.
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rm, symlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { isWithin } from "#lib/files/is-within.ts";
import { eachOf } from "#lib/parallel.ts";
import { type FileStore, persistently, TryAgain } from "../file-store.ts";
import type { Copied, GetOptions } from "../storage.ts";
import { removeAbandonedDrafts } from "./drafts.ts";
import { fetchFile, SMALL_BYTES, Unlike } from "./fetch-file.ts";
import { bufferFreer } from "./free-buffers.ts";
import { inFolder, type Manifest, type ManifestFile, readManifest } from "./manifest.ts";
import { asFound, sizesIn } from "./send-tree.ts";

/** Uploads that end while files are fetched; a project is not uploaded more often than that. */
const MOST_STARTS = 10;
/** Each holds a megabyte. */
const STREAMS_AT_ONCE = 16;
/** A far store answers late, and these cost next to nothing. */
const SMALL_AT_ONCE = 64;

/** What came is not what the manifest says: it was written over, or another program has stored something else. */
class Different extends Error {}

export async function fetchTree(
  store: FileStore,
  folder: string,
  localPath: string,
  { onProgress, signal }: GetOptions = {},
): Promise<void> {
  const target = resolve(localPath);
  const place = store.location(folder);
  const wasEmpty = !existsSync(target) || readdirSync(target).length === 0;
  /** Digests of content that no manifest names, by its place: the same twice was written so, and not damaged on its way. */
  const others = new Map<string, string>();
  let manifest = await readManifest(store, folder, signal);
  for (let start = 1; start <= MOST_STARTS; start += 1) {
    const files = manifest ? manifest.files : asFound(await sizesIn(store, folder, signal));
    if (manifest?.isWhole === false) {
      throw new OrchError("not_found", `The upload to '${place}' has not ended. Wait for it, or upload again.`);
    }
    if (files.length === 0) throw new OrchError("not_found", `There is no folder '${place}'.`);
    try {
      await fetchAll(files, wasEmpty && start === 1);
      await makeLinks(manifest?.links ?? {});
      return;
    } catch (error) {
      if (!(error instanceof Different)) throw error;
      const now = await readManifest(store, folder, signal);
      // The manifest is unchanged, so another program than orch has written there since: then the files count, not the manifest.
      if (now?.id === manifest?.id && now?.files.length === manifest?.files.length) {
        if (manifest === null) throw new OrchError("invalid", error.message, { cause: error });
        manifest = null;
      } else {
        await Promise.all(files.map(({ path }) => rm(inside(target, path), { force: true })));
        manifest = now;
      }
    }
  }
  throw new OrchError("invalid", `'${place}' is uploaded over and over. Try again when that has ended.`);

  async function fetchAll(files: readonly ManifestFile[], isNew: boolean): Promise<void> {
    const all: Copied = { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
    const sofar: Copied = { files: 0, bytes: 0 };
    for (const path of new Set(files.map((file) => dirname(inside(target, file.path))))) {
      await mkdir(path, { recursive: true });
      if (!isNew) await removeAbandonedDrafts(path);
    }
    const free = bufferFreer();
    const advance = (bytes: number) => {
      sofar.bytes += bytes;
      free(bytes);
      onProgress?.({ ...sofar }, all);
    };
    for (const [group, atOnce] of bySize(files, store.parts?.partBytes)) {
      await eachOf(group, atOnce, async (file) => {
        await persistently(() => fetchOne(file, isNew, advance), signal);
        sofar.files += 1;
        advance(0);
      });
    }
  }

  async function fetchOne(file: ManifestFile, isNew: boolean, onReceived: (bytes: number) => void): Promise<void> {
    const from = inFolder(folder, file.at ?? file.path);
    try {
      await fetchFile(store, { ...file, from, to: inside(target, file.path) }, { isNew, signal, onReceived });
    } catch (error) {
      if (error instanceof OrchError && error.code === "not_found") {
        throw new Different(`'${store.location(from)}' is not there any more.`, { cause: error });
      }
      if (!(error instanceof Unlike)) throw error;
      const isSame = others.get(from) === error.found;
      others.set(from, error.found);
      const sentence = `'${store.location(from)}' is not what was uploaded. Upload the files again.`;
      throw isSame ? new Different(sentence) : new TryAgain(sentence, { afterSeconds: 0 });
    }
  }

  async function makeLinks(links: Manifest["links"]): Promise<void> {
    for (const [path, link] of Object.entries(links)) {
      const at = inside(target, path);
      inside(target, resolve(dirname(at), link));
      if (!existsSync(at)) await symlink(link, at);
    }
  }
}

/** Large files one after the other, as each comes in parts, and then the smaller ones: how many at the same time. */
function bySize(files: readonly ManifestFile[], partBytes = Number.POSITIVE_INFINITY): [ManifestFile[], number][] {
  const large = files.filter(({ bytes }) => bytes > partBytes);
  const small = files.filter(({ bytes }) => bytes <= SMALL_BYTES);
  const others = files.filter(({ bytes }) => bytes > SMALL_BYTES && bytes <= partBytes);
  return [
    [large, 1],
    [others, STREAMS_AT_ONCE],
    [small, SMALL_AT_ONCE],
  ];
}

function inside(folder: string, path: string): string {
  const place = resolve(folder, path);
  if (isWithin(folder, place) && place !== folder) return place;
  throw new OrchError("invalid", `'${path}' is outside of '${folder}'.`);
}
