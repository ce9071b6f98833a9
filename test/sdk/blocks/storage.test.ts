// Files in the block that names a folder of this machine.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Azure,
  GCS,
  GitHub,
  GitLabRepository,
  LocalFileSystem,
  RemoteFileSystem,
  S3,
  SMB,
  StorageBlock,
} from "#sdk/index.ts";
import { isKnownStorage } from "#storage/registry.ts";

let root = "";
const here = process.cwd();
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "orch-files-")));
  mkdirSync(join(root, "project"));
});
afterEach(() => {
  process.chdir(here);
  rmSync(root, { recursive: true });
});

const files = (folder: string) => (readdirSync(join(root, folder), { recursive: true }) as string[]).toSorted();

test("what one kind of storage does, each does: by its class", async () => {
  const files = new RemoteFileSystem({ basepath: "memory://sdk-test" });
  await files.writePath("a/b.txt", "1");
  expect(await files.listPaths()).toEqual(["a/b.txt"]);
  expect(String(Buffer.from(await files.readPath("a/b.txt")))).toBe("1");
  await files.getDirectory("a", join(root, "copy"));
  expect(await files.putDirectory(join(root, "copy"), "c")).toBe(1);
  expect(await files.listPaths("c")).toEqual(["c/b.txt"]);
  for (const kind of [S3, GCS, Azure, SMB, GitHub, GitLabRepository, LocalFileSystem]) {
    expect(kind.prototype).toBeInstanceOf(StorageBlock);
    expect(isKnownStorage(kind.definition.slug)).toBe(true);
  }
});

describe("LocalFileSystem", () => {
  const storage = () => new LocalFileSystem({ basepath: join(root, "store") });

  test("writes text and bytes, and reads them", async () => {
    expect(await storage().writePath("a/b.txt", "späße")).toBe(join(root, "store/a/b.txt"));
    expect(Buffer.from(await storage().readPath("a/b.txt")).toString()).toBe("späße");
    await storage().writePath("c.bin", new Uint8Array([0, 255]));
    expect([...(await storage().readPath("c.bin"))]).toEqual([0, 255]);
  });

  test("stores a folder without what its ignore file names, and gives the number of files", async () => {
    for (const name of ["flow.ts", "notes.txt", ".prefectignore"])
      writeFileSync(join(root, "project", name), "*.txt\n");
    expect(await storage().putDirectory(join(root, "project"), "v1")).toBe(2);
    expect(files("store")).toEqual(["v1", "v1/.prefectignore", "v1/flow.ts"]);
    writeFileSync(join(root, "project/other"), "flow.ts\n.prefectignore\n");
    expect(await storage().putDirectory(join(root, "project"), "v2", { ignoreFile: "other" })).toBe(2);
    expect(files("store/v2")).toEqual(["notes.txt", "other"]);
  });

  test("the current folder is the one that is meant when none is named", async () => {
    writeFileSync(join(root, "project/flow.ts"), "1");
    process.chdir(join(root, "project"));
    expect(await storage().putDirectory()).toBe(1);
    mkdirSync(join(root, "copy"));
    process.chdir(join(root, "copy"));
    await storage().getDirectory();
    expect(files("copy")).toEqual(["flow.ts"]);
    process.chdir(join(root, "project"));
    await new LocalFileSystem({}).writePath("made.txt", "x");
    expect(files("project")).toEqual(["flow.ts", "made.txt"]);
  });

  test("lists what it holds", async () => {
    await storage().writePath("a/b.txt", "1");
    await storage().writePath("c.txt", "2");
    expect(await storage().listPaths()).toEqual(["a/b.txt", "c.txt"]);
    expect(await storage().listPaths("a")).toEqual(["a/b.txt"]);
  });

  test("paths stay in their folder", async () => {
    writeFileSync(join(root, "outside"), "x");
    const outside: [what: string, attempt: () => Promise<unknown>][] = [
      ["reading", () => storage().readPath("../outside")],
      ["writing", () => storage().writePath("../outside", "y")],
      ["getting", () => storage().getDirectory("../project", join(root, "copy"))],
      ["putting", () => storage().putDirectory(join(root, "project"), "../other")],
    ];
    for (const [, attempt] of outside) await expect(attempt()).rejects.toThrow("is outside of the base path");
    expect(files(".")).toEqual(["outside", "project"]);
  });

  test("~ is the home of the user", async () => {
    const path = new LocalFileSystem({ basepath: "~/none-such-folder" }).readPath("x");
    await expect(path).rejects.not.toThrow("~");
  });
});
