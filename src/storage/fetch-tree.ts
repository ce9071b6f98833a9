// Brings a stored folder to this machine: the files of one manifest, each checked on arrival. When another upload ends
// meanwhile, all begins again with what that one has stored.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, type FileHandle, mkdir, open, rm, symlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { isWithin } from "#lib/is-within.ts";
import { eachOf } from "#lib/parallel.ts";
import { type FileStore, persistently, TryAgain } from "./file-store.ts";
import { inFolder, type Manifest, type ManifestFile, readManifest } from "./manifest.ts";
import { asFound, FILES_AT_ONCE, sizesIn } from "./send-tree.ts";
import type { Copied, GetOptions } from "./storage.ts";

/** Uploads that end while files are fetched; a project is not uploaded more often than that. */
const MOST_STARTS = 10;

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
      await fetchAll(files);
      await makeLinks(manifest?.links ?? {});
      return;
    } catch (error) {
      if (!(error instanceof Different)) throw error;
      const now = await readManifest(store, folder, signal);
      // The same manifest: another program than orch has written there since. What lies there is then what counts.
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

  async function fetchAll(files: readonly ManifestFile[]): Promise<void> {
    const all: Copied = { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
    const sofar: Copied = { files: 0, bytes: 0 };
    for (const path of new Set(files.map((file) => dirname(inside(target, file.path))))) {
      await mkdir(path, { recursive: true });
    }
    await eachOf(files, FILES_AT_ONCE, async (file) => {
      await persistently(() => fetchOne(file), signal);
      sofar.files += 1;
      sofar.bytes += file.bytes;
      onProgress?.({ ...sofar }, all);
    });
  }

  async function fetchOne({ path, at, bytes, digest, executable }: ManifestFile): Promise<void> {
    const to = inside(target, path);
    const from = inFolder(folder, at ?? path);
    const content = await store.read(from, signal).catch((error) => {
      const isGone = error instanceof OrchError && error.code === "not_found";
      throw isGone ? new Different(`'${store.location(from)}' is not there any more.`, { cause: error }) : error;
    });
    const hash = createHash("sha256");
    let length = 0;
    const reader = content.getReader();
    const file = await open(to, "w").catch((error) => unwritten(to, error));
    try {
      for (;;) {
        const { done, value } = await reader.read().catch((cause) => {
          throw new TryAgain(`'${store.location(from)}' was cut off after ${length} of ${bytes} bytes.`, { cause });
        });
        if (done) break;
        hash.update(value);
        length += value.length;
        await writeAll(file, value).catch((error) => unwritten(to, error));
      }
    } finally {
      await reader.cancel().catch(() => {}); // what failed is thrown already
      await file.close();
    }
    const found = hash.digest("hex");
    if (length !== bytes || (digest !== null && found !== digest)) {
      const isSame = others.get(from) === found;
      others.set(from, found);
      const sentence = `'${store.location(from)}' is not what was uploaded. Upload the files again.`;
      throw isSame ? new Different(sentence) : new TryAgain(sentence, { afterSeconds: 0 });
    }
    if (executable) await chmod(to, 0o755);
  }

  async function makeLinks(links: Manifest["links"]): Promise<void> {
    for (const [path, link] of Object.entries(links)) {
      const at = inside(target, path);
      inside(target, resolve(dirname(at), link));
      if (!existsSync(at)) await symlink(link, at);
    }
  }
}

/** A disk that is nearly full takes a part, and says only of the rest that it is full. */
async function writeAll(file: FileHandle, content: Uint8Array): Promise<void> {
  for (let at = 0; at < content.length; ) at += (await file.write(content, at)).bytesWritten;
}

async function unwritten(path: string, error: unknown): Promise<never> {
  throw (await import("#lib/durable.ts")).unwritable(path, error);
}

function inside(folder: string, path: string): string {
  const place = resolve(folder, path);
  if (isWithin(folder, place) && place !== folder) return place;
  throw new OrchError("invalid", `'${path}' lies outside of '${folder}'.`);
}
