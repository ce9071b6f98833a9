// A store in the memory of this process: `memory://` addresses, which tests of flows use.
import { OrchError } from "#lib/errors.ts";
import type { FileStore } from "./file-store.ts";
import { keyBelow, prefixBelow } from "./object-keys.ts";

/** Contents by their paths. */
export type Memory = Map<string, Uint8Array<ArrayBuffer>>;

const SHARED: Memory = new Map();

/** `base` is a path in the memory that all stores of the process share, unless another one is given. */
export function memoryStore(base: string, memory: Memory = SHARED): FileStore {
  const full = (path: string) => keyBelow(base, path);
  const location = (path: string) => `memory://${full(path)}`;
  return {
    location,
    async *list(folder) {
      const prefix = prefixBelow(base, folder);
      for (const [path, content] of [...memory]) {
        if (path.startsWith(prefix)) yield { path: path.slice(prefix.length), bytes: content.length };
      }
    },
    async read(path) {
      const content = memory.get(full(path));
      if (!content) throw new OrchError("not_found", `There is no file '${location(path)}'.`);
      return new Blob([content]);
    },
    async write(path, content) {
      memory.set(full(path), content instanceof Blob ? await content.bytes() : content.slice());
    },
    async remove(path) {
      memory.delete(full(path));
    },
  };
}
