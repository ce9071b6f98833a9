import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestsOf, nameOf, perhapsChanged } from "#project/snapshots/digest.ts";
import { linkTo, listTree } from "#storage/transfer/list.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orch-digest-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const MIB = 1024 * 1024;
const write = (path: string, content: string | Uint8Array) => writeFileSync(join(folder, path), content);
const digests = async () => digestsOf(folder, await listTree(folder));
const sha256 = (content: string | Uint8Array) => new Bun.CryptoHasher("sha256").update(content).digest("hex");

const SIZES = [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 7];
for (const size of SIZES) {
  test(`a file of ${size} bytes has the SHA-256 of all of it`, async () => {
    const content = new Uint8Array(size).map((_, n) => (n * 31) % 251);
    write("f", content);
    expect((await digests()).get("f")).toBe(sha256(content));
  });
}

test("a name is of paths, kinds and contents: each alone changes it", async () => {
  write("a", "1");
  const files = await listTree(folder);
  const known = await digests();
  const name = nameOf(files, known);
  expect(nameOf(files, new Map(known))).toBe(name);
  const others = [
    nameOf(files, new Map([["a", sha256("2")]])),
    nameOf([...files, linkTo("node_modules", "/x/node_modules")], known),
    nameOf([...files, linkTo("node_modules", "/y/node_modules")], known),
    nameOf(
      files.map((file) => ({ ...file, executable: true })),
      known,
    ),
    nameOf([], known),
  ];
  expect(new Set([name, ...others]).size).toBe(6);
});

test("only what was saved since, or too lately to tell, is read again", async () => {
  write("old", "1");
  write("new", "1");
  const files = await listTree(folder);
  const changed = files.map(({ changed }) => changed);
  const paths = (listed: number) => perhapsChanged(folder, files, listed).map(({ path }) => path);
  const longAfter = Math.max(...changed) + 60_000;
  expect(paths(longAfter)).toEqual([]);
  expect(paths(Math.min(...changed))).toEqual(["new", "old"]);
  write("new", "22");
  expect(paths(longAfter)).toEqual(["new"]);
  rmSync(join(folder, "old"));
  expect(paths(longAfter)).toEqual(["new", "old"]);
});

test("links have no content", async () => {
  expect(await digestsOf(folder, [linkTo("node_modules", "/nowhere")])).toEqual(new Map());
  expect(perhapsChanged(folder, [linkTo("node_modules", "/nowhere")], 0)).toEqual([]);
});

test("a file that cannot be read is named", async () => {
  write("a", "1");
  const files = await listTree(folder);
  rmSync(join(folder, "a"));
  await expect(digestsOf(folder, files)).rejects.toThrow(/'.*a' cannot be copied: ENOENT/);
});
