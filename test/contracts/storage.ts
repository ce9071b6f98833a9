// What every storage must do. A new backend passes this unchanged.
import { expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Storage } from "#storage/storage.ts";

export interface MadeStorage {
  storage: Storage;
  close?: () => Promise<void>;
}

/** `make` gives a storage on an empty place; `root` is a folder of this machine that it may use. */
export function storageContract(make: (root: string) => Promise<MadeStorage>): void {
  async function inFolders(use: (parts: { storage: Storage; local: string; target: string }) => Promise<void>) {
    const root = realpathSync(mkdtempSync(join(tmpdir(), "orch-storage-")));
    const [local, target] = [join(root, "local"), join(root, "target")] as const;
    for (const folder of [local, target]) mkdirSync(folder);
    const { storage, close } = await make(root);
    try {
      await use({ storage, local, target });
    } finally {
      await close?.();
      rmSync(root, { recursive: true, force: true });
    }
  }

  const write = (folder: string, files: Record<string, string>) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  };
  const read = (folder: string) =>
    Object.fromEntries(
      (readdirSync(folder, { recursive: true }) as string[])
        .filter((path) => statSync(join(folder, path)).isFile())
        .toSorted()
        .map((path) => [path, readFileSync(join(folder, path), "utf8")]),
    );

  test("what was put is got back", () =>
    inFolders(async ({ storage, local, target }) => {
      const files = { "a.ts": "one", "deep/er/b.sql": "two", ".hidden": "three", "späße.txt": "four" };
      write(local, files);
      expect(await storage.putDirectory(local, null)).toEqual({ files: 4, bytes: 15 });
      await storage.getDirectory(null, target);
      expect(read(target)).toEqual(files);
    }));

  test("a path is a place of its own", () =>
    inFolders(async ({ storage, local, target }) => {
      write(local, { a: "1" });
      await storage.putDirectory(local, "one/two");
      write(local, { a: "2" });
      await storage.putDirectory(local, "other");
      await storage.getDirectory("one/two", target);
      expect(read(target)).toEqual({ a: "1" });
    }));

  test("what is ignored is not stored", () =>
    inFolders(async ({ storage, local, target }) => {
      write(local, { "a.ts": "1", "b.log": "2", "skip/c.ts": "3" });
      const ignores = (path: string) => path.endsWith(".log") || path === "skip/";
      expect(await storage.putDirectory(local, null, { ignores })).toMatchObject({ files: 1 });
      await storage.getDirectory(null, target);
      expect(read(target)).toEqual({ "a.ts": "1" });
    }));

  test("getting lays the files over what is there", () =>
    inFolders(async ({ storage, local, target }) => {
      write(local, { "a/x": "new" });
      write(target, { "a/x": "old", "a/y": "kept" });
      await storage.putDirectory(local, null);
      await storage.getDirectory(null, target);
      expect(read(target)).toEqual({ "a/x": "new", "a/y": "kept" });
    }));

  test("progress counts up to the whole", () =>
    inFolders(async ({ storage, local }) => {
      write(local, { a: "1", b: "22" });
      const seen: number[] = [];
      await storage.putDirectory(local, null, { onProgress: ({ bytes }) => seen.push(bytes) });
      expect(seen.at(-1)).toBe(3);
    }));

  test("a path that leaves the place is refused, coming and going", () =>
    inFolders(async ({ storage, local, target }) => {
      await expect(storage.putDirectory(local, "../outside")).rejects.toThrow(/outside/);
      await expect(storage.getDirectory("../outside", target)).rejects.toThrow(/outside/);
    }));

  test("a place that is not there is named", () =>
    inFolders(async ({ storage, target }) => {
      await expect(storage.getDirectory("none", target)).rejects.toThrow(/none/);
    }));

  test("a file that was written is read, and written over; nothing else is left", () =>
    inFolders(async ({ storage, target }) => {
      for (const content of ["one", "späße", ""]) {
        await storage.writePath("deep/er/a.txt", Buffer.from(content));
        expect(Buffer.from(await storage.readPath("deep/er/a.txt")).toString()).toBe(content);
      }
      await storage.getDirectory(null, target);
      expect(read(target)).toEqual({ "deep/er/a.txt": "" });
    }));

  test("files are listed by the paths that read them, of a folder or of all", () =>
    inFolders(async ({ storage, local }) => {
      expect(await storage.listPaths(null)).toEqual([]);
      write(local, { "a.txt": "1", "deep/er/späße.txt": "2", "deep/x": "3" });
      await storage.putDirectory(local, "code");
      await storage.writePath("deep.txt", Buffer.from("4"));
      const code = ["code/a.txt", "code/deep/er/späße.txt", "code/deep/x"];
      expect(await storage.listPaths(null)).toEqual([...code, "deep.txt"]);
      expect(await storage.listPaths("code")).toEqual(code);
      expect(await storage.listPaths("code/deep")).toEqual(code.slice(1));
      for (const none of ["none", "deep", "code/a.txt"]) expect(await storage.listPaths(none)).toEqual([]);
      expect(Buffer.from(await storage.readPath("code/deep/er/späße.txt")).toString()).toBe("2");
      await expect(storage.listPaths("../outside")).rejects.toThrow("outside of the base path");
    }));

  test("paths that leave the place are neither read nor written", () =>
    inFolders(async ({ storage, local }) => {
      write(local, { secret: "s" });
      for (const path of ["../local/secret", "a/../../local/secret", join(local, "secret")]) {
        await expect(storage.readPath(path)).rejects.toThrow("outside of the base path");
        await expect(storage.writePath(path, Buffer.from("x"))).rejects.toThrow("outside of the base path");
      }
      expect(read(local)).toEqual({ secret: "s" });
    }));

  test("what is not there is a sentence", () =>
    inFolders(async ({ storage }) => {
      await expect(storage.readPath("none")).rejects.toThrow("There is no file");
    }));
}
