// Files in the block that names a folder of this machine.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalFileSystem } from "#sdk/index.ts";

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
