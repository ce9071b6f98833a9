// A folder in a store of files. Files lie there under their own names, so that Prefect finds them; the manifest says which
// of them belong together. New content never takes the place of old before everything new is there.
import { OrchError } from "#lib/errors.ts";
import { type FileStore, persistently } from "../file-store.ts";
import type { Storage } from "../storage.ts";
import { fetchTree } from "./fetch-tree.ts";
import { inFolder, OWN_FOLDER } from "./manifest.ts";
import { sendTree, sizesIn } from "./send-tree.ts";

const LARGE_BYTES = 32 * 1024 * 1024;

export function storedTree(store: FileStore): Storage {
  return {
    notes: store.notes ?? [],
    ...(store.readOnly === undefined ? {} : { readOnly: store.readOnly }),
    location: (path) => store.location(folderOf(path)),
    getDirectory: async (fromPath, localPath, options) => fetchTree(store, folderOf(fromPath), localPath, options),
    putDirectory: async (localPath, toPath, options) => {
      const folder = folderOf(toPath);
      if (store.readOnly !== undefined) throw new OrchError("invalid", store.readOnly);
      return sendTree(store, localPath, folder, options);
    },
    async listPaths(path) {
      const folder = folderOf(path);
      const names = [...(await sizesIn(store, folder)).keys()].map((name) => inFolder(folder, name));
      // Each upload has one of its own.
      return names.filter((name) => !name.split("/").includes(OWN_FOLDER)).toSorted();
    },
    async readPath(path, { signal, onWait } = {}) {
      const place = fileOf(path);
      return persistently(async () => (await store.read(place, signal)).bytes(), signal, onWait);
    },
    async writePath(path, content, { signal, onWait } = {}) {
      const place = fileOf(path);
      // Files go in parts where they are large.
      const isLarge = content.length > LARGE_BYTES;
      const sent = isLarge ? new Blob([content as Uint8Array<ArrayBuffer>]) : new Uint8Array(content); // copied as well
      await persistently(() => store.write(place, sent, signal), signal, onWait);
      return store.location(place);
    },
  };

  /** As people write paths: with slashes at both ends, `.` and empty parts. Throws `invalid` for one that leaves the place. */
  function folderOf(path: string | null): string {
    const parts = (path ?? "").split("/").filter((part) => part !== "" && part !== ".");
    if (!parts.includes("..")) return parts.join("/");
    throw new OrchError("invalid", `Provided path ${path} is outside of the base path ${store.location("")}.`);
  }

  function fileOf(path: string): string {
    const place = folderOf(path);
    if (place !== "" && !path.startsWith("/")) return place;
    throw new OrchError("invalid", `Provided path ${path} is outside of the base path ${store.location("")}.`);
  }
}
