// Storage in a folder of this machine.
import { existsSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { copyTree, listTree } from "./copy.ts";
import type { Storage } from "./storage.ts";

/** Throws `invalid` for a path outside of the folder, `not_found` for one that is not there. */
export function localStorage(basepath: string): Storage {
  const base = resolve(basepath);

  function placeOf(path: string | null): string {
    const place = resolve(base, path ?? ".");
    const way = relative(base, place);
    if (way !== ".." && !way.startsWith(`..${sep}`)) return place;
    throw new OrchError("invalid", `Provided path ${place} is outside of the base path ${base}.`);
  }

  return {
    async getDirectory(fromPath, localPath) {
      const place = placeOf(fromPath);
      if (!existsSync(place)) throw new OrchError("not_found", `There is no folder '${place}'.`);
      if (place === resolve(localPath)) return;
      await copyTree(place, await listTree(place), localPath);
    },
    async putDirectory(localPath, toPath, { ignores, ...options } = {}) {
      const place = placeOf(toPath);
      const files = await listTree(localPath, ignores);
      return place === resolve(localPath) ? { files: 0, bytes: 0 } : copyTree(localPath, files, place, options);
    },
  };
}
