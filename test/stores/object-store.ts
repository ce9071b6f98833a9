// What every object store must do beside the contract of storages: folders, names, long lists, large files, faults.
import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileStore } from "#storage/file-store.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";
import { storageContract } from "../contracts/storage.ts";
import { createFaultProxy } from "./cutting-proxy.ts";

export interface ObjectStoreServer {
  url: string;
  /** Makes a bucket with a name of its own. */
  bucket(): Promise<string>;
  /** Stores an object, past the code under test. */
  put(bucket: string, name: string, content: string): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ObjectStoreKind {
  /** `gs`. */
  scheme: string;
  /** `bucket`, as its sentences call it. */
  place: string;
  start(): Promise<ObjectStoreServer>;
  /** The store of `bucket/folder` at `url`. Large files go in pieces of 1 MiB, lists in pages of 100. */
  store(path: string, url: string): FileStore;
  /** Names that it does not take. */
  without?: readonly string[];
}

const LARGE_BYTES = 3 * 1024 * 1024 + 17;

/** `server`: started by the caller, before the first test. */
export function objectStoreTests(
  { scheme, place, start, store, without = [] }: ObjectStoreKind,
  server: () => ObjectStoreServer,
) {
  const storage = (path: string, url = server().url) => storedTree(store(path, url));
  const inTemporary = async <T>(use: (made: ReturnType<typeof foldersIn>) => Promise<T>) => {
    const root = mkdtempSync(join(tmpdir(), `orch-${scheme}-`));
    try {
      return await use(foldersIn(root));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  };
  const keysOf = async (path: string) => {
    const keys: string[] = [];
    for await (const file of store(path, server().url).list("")) keys.push(file.path);
    return keys.toSorted();
  };

  describe(`a ${place} keeps the contract of storages`, () =>
    storageContract(async () => ({ storage: storage(await server().bucket()) })));
  describe(`so does a folder in a ${place}, by slashes at both ends`, () =>
    storageContract(async () => ({ storage: storage(`${await server().bucket()}//base/folder/`) })));

  test(`blocks 3: ${scheme}: slashes at the ends and folders in folders agree`, () =>
    inTemporary(async ({ files, target }) => {
      const bucket = await server().bucket();
      await storage(`${bucket}/scripts`).putDirectory(files({ "flow.ts": "1" }), "deep/er");
      expect(await keysOf(bucket)).toEqual(["scripts/deep/er/.orch/manifest.json", "scripts/deep/er/flow.ts"]);
      for (const path of [
        `${bucket}/scripts/deep/er`,
        `${scheme}://${bucket}/scripts/deep/er/`,
        `/${bucket}//scripts//deep/er//`,
      ]) {
        const to = target();
        await storage(path).getDirectory(null, to);
        expect(readFileSync(join(to, "flow.ts"), "utf8")).toBe("1");
        expect(storage(path).location(null)).toBe(`${scheme}://${bucket}/scripts/deep/er`);
      }
    }));

  test(`blocks 4: ${scheme}: what consoles make to show folders is no file`, () =>
    inTemporary(async ({ target }) => {
      const bucket = await server().bucket();
      for (const key of ["base/", "base/a/", "base/a/b/"]) await server().put(bucket, key, "");
      await server().put(bucket, "base/a/flow.ts", "1");
      expect(await keysOf(`${bucket}/base`)).toEqual(["a/flow.ts"]);
      const to = target();
      await storage(`${bucket}/base`).getDirectory(null, to);
      expect(readFileSync(join(to, "a/flow.ts"), "utf8")).toBe("1");
      await server().put(bucket, "only/", "");
      const none = storage(`${bucket}/only`).getDirectory(null, to);
      await expect(none).rejects.toThrow(`There is no folder '${scheme}://${bucket}/only'.`);
    }));

  test(`blocks 5: ${scheme}: names with blanks, signs and unicode, and empty files survive`, () =>
    inTemporary(async ({ files, target }) => {
      const bucket = await server().bucket();
      const names = [
        ...[
          "a b.ts",
          " begins",
          "späße/ü.txt",
          "日本語.py",
          "👍.txt",
          "p%20+q#r?.ts",
          "+",
          "%2B",
          "#",
          "a&b<c>'\".xml",
        ],
        ...[".hidden/.env.d", "(1)!*~$,;=:@.txt", "back\\slash", "tab\there", "..double", "&amp;", "a..b"],
      ].filter((name) => !without.includes(name));
      const all = Object.fromEntries(names.map((name, index) => [name, `${index}`]));
      await storage(bucket).putDirectory(files({ ...all, empty: "" }), "to here+there%");
      const listed = await keysOf(`${bucket}/to here+there%`);
      expect(listed.filter((key) => !key.startsWith(".orch/"))).toEqual([...names, "empty"].toSorted());
      const to = target();
      await storage(`${bucket}/to here+there%`).getDirectory(null, to);
      for (const [name, content] of Object.entries({ ...all, empty: "" })) {
        expect([name, readFileSync(join(to, name), "utf8")]).toEqual([name, content]);
      }
    }));

  test(`blocks 13: ${scheme}: a listing of more than a page has all files`, () =>
    inTemporary(async ({ files, target }) => {
      const bucket = await server().bucket();
      const all = Object.fromEntries(Array.from({ length: 350 }, (_, index) => [`many/${index}+.ts`, `${index}`]));
      await storage(bucket).putDirectory(files(all), null);
      expect(await keysOf(bucket)).toHaveLength(351);
      const to = target();
      await storage(bucket).getDirectory(null, to);
      expect(readFileSync(join(to, "many/349+.ts"), "utf8")).toBe("349");
    }));

  test(`blocks 13: ${scheme}: a large file goes in pieces, comes back as it was, and is written over`, () =>
    inTemporary(async ({ files, target }) => {
      const bucket = await server().bucket();
      const large = crypto.getRandomValues(new Uint8Array(65_536));
      for (const bytes of [LARGE_BYTES, 4 * 1024 * 1024]) {
        const content = new Uint8Array(bytes).map((_, index) => large[(index * 31) % 65_536] ?? 0);
        await storage(bucket).putDirectory(files({ "large.bin": content }), null);
        const to = target();
        await storage(bucket).getDirectory(null, to);
        expect(Buffer.compare(readFileSync(join(to, "large.bin")), content)).toBe(0);
      }
    }));

  test(`blocks 12: ${scheme}: what is cut off on its way is sent and fetched again`, () =>
    inTemporary(async ({ files, target }) => {
      const bucket = await server().bucket();
      const all = Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [`${index}.bin`, new Uint8Array(300_000 + index)]),
      );
      let calls = 0;
      // Every third connection ends in the middle: of a request on the way there, of an answer on the way back.
      const proxy = createFaultProxy(server().url, () => {
        calls += 1;
        return calls % 3 === 0 ? { cutAfterBytes: 100_000 } : {};
      });
      try {
        await storage(bucket, proxy.url).putDirectory(files(all), null);
        const to = target();
        await storage(bucket, proxy.url).getDirectory(null, to);
        for (const [name, content] of Object.entries(all)) {
          expect(Buffer.compare(readFileSync(join(to, name)), content)).toBe(0);
        }
        expect(calls).toBeGreaterThan(20);
      } finally {
        proxy.close();
      }
    }));

  test(`${scheme}: a server that is away is named`, () =>
    inTemporary(async ({ files }) => {
      const other = await start();
      const bucket = await other.bucket();
      await other.stop("SIGKILL");
      const put = storage(bucket, other.url).putDirectory(files({ "a.ts": "2" }), null);
      await expect(put).rejects.toThrow(`${new URL(other.url).origin} cannot be reached`);
    }));

  test(`${scheme}: a ${place} that is not there is named, coming and going`, () =>
    inTemporary(async ({ files, target }) => {
      const url = new URL(server().url).origin;
      const sentence = `There is no ${place} 'no-such-bucket' at ${url}. Create it, or correct the name in the block.`;
      await expect(storage("no-such-bucket").putDirectory(files({ a: "1" }), null)).rejects.toThrow(sentence);
      await expect(storage("no-such-bucket/folder").getDirectory(null, target())).rejects.toThrow(sentence);
      await expect(storage("no-such-bucket").writePath("a", Buffer.from("1"))).rejects.toThrow(sentence);
    }));

  test(`${scheme}: an upload that is ended by a signal says so, and is not seen`, () =>
    inTemporary(async ({ files, target }) => {
      const bucket = await server().bucket();
      const controller = new AbortController();
      const put = storage(bucket).putDirectory(
        files(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}.ts`, `${index}`]))),
        null,
        {
          signal: controller.signal,
          onProgress: ({ files }) => files === 5 && controller.abort(new Error("stopped by hand")),
        },
      );
      await expect(put).rejects.toThrow("stopped by hand");
      await expect(storage(bucket).getDirectory(null, target())).rejects.toThrow("has not ended");
    }));
}

function foldersIn(root: string) {
  return {
    /** A folder with these files. */
    files(all: Record<string, string | Uint8Array>): string {
      const made = mkdtempSync(join(root, "files-"));
      for (const [path, content] of Object.entries(all)) {
        mkdirSync(join(made, path, ".."), { recursive: true });
        writeFileSync(join(made, path), content);
      }
      return made;
    },
    target: () => mkdtempSync(join(root, "got-")),
  };
}
