// Storage in a folder of this machine.
import { existsSync, statSync } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/files/private.ts";
import { newId } from "#lib/ids.ts";
import { type JsonObject, textOfJson } from "#lib/json.ts";
import { withUserHome } from "#lib/process/user-home.ts";
import type { Storage } from "./storage.ts";
import { copyTree } from "./transfer/copy.ts";
import { flushFolder } from "./transfer/flush.ts";
import { listTree } from "./transfer/list.ts";

/** The block `local-file-system`; `~` is the home of the user. */
export function openLocal(data: JsonObject): Storage {
  return localStorage(withUserHome(textOfJson(data["basepath"] ?? ".")));
}

/** The whole path of the folder that a block's basepath names. */
export function folderOf(basepath: string): string {
  return resolve(withUserHome(basepath));
}

export interface LocalStorageOptions {
  /** What is written is its owner's alone: 0600, in folders of 0700. Default: the rights that the umask leaves. */
  isPrivate?: boolean;
}

/** Throws `invalid` for a path outside of the folder, `not_found` for one that is not there. */
export function localStorage(basepath: string, { isPrivate = false }: LocalStorageOptions = {}): Storage {
  const base = resolve(basepath);

  function placeOf(path: string | null): string {
    const place = resolve(base, path ?? ".");
    const way = relative(base, place);
    if (way !== ".." && !way.startsWith(`..${sep}`)) return place;
    throw new OrchError("invalid", `Provided path ${place} is outside of the base path ${base}.`);
  }

  return {
    location: (path) => (path ? `${basepath.replace(/\/$/, "")}/${path}` : basepath),
    async getDirectory(fromPath, localPath) {
      const place = placeOf(fromPath);
      if (!existsSync(place)) throw new OrchError("not_found", `There is no folder '${place}'.`);
      if (place === resolve(localPath)) return;
      await copyTree(place, await listTree(place), localPath);
    },
    async putDirectory(localPath, toPath, { ignores, files: listed, ...options } = {}) {
      const place = placeOf(toPath);
      const files = listed ?? (await listTree(localPath, ignores));
      return place === resolve(localPath)
        ? { files: 0, bytes: 0 }
        : copyTree(localPath, files, place, { ...options, durable: true, isPrivate });
    },
    async listPaths(path) {
      const place = placeOf(path);
      if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) return [];
      const files = (await listTree(place)).filter(({ link }) => link === null);
      return files.map((file) => join(relative(base, place), file.path).replaceAll(sep, "/")).toSorted();
    },
    async readPath(path) {
      const place = placeOf(path);
      try {
        return await readFile(place);
      } catch (cause) {
        if (!existsSync(place)) throw new OrchError("not_found", `There is no file '${place}'.`, { cause });
        throw new OrchError("invalid", `'${place}' cannot be read: ${messageOf(cause)}`, { cause });
      }
    },
    async writePath(path, content) {
      const place = placeOf(path);
      try {
        await writeWhole(place, content, isPrivate);
      } catch (cause) {
        throw (await import("#lib/files/fsync.ts")).unwritable(place, cause);
      }
      return place;
    },
  };
}

/** Under another name first: who reads meanwhile finds the old content, and so does who comes after a crash. */
async function writeWhole(place: string, content: Uint8Array, isPrivate: boolean): Promise<void> {
  await mkdir(dirname(place), { recursive: true, ...(isPrivate ? { mode: PRIVATE_FOLDER } : {}) });
  const draft = `${place}.${newId()}`;
  try {
    const file = await open(draft, "wx", isPrivate ? PRIVATE_FILE : undefined);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, place);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await flushFolder(dirname(place));
}
