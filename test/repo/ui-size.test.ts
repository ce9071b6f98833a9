// The web UI stays small: what its first page needs, all of it, and the executable that carries it.
import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { type BuiltUi, buildUi, closureOf, zipped } from "./ui-asset.ts";

const KB = 1024;
const FIRST_PAGE = 90 * KB;
const ALL = 200 * KB;
const EXECUTABLE = 130 * KB * KB;

/** The page's own script and style, what draws the frame, the pages of one folder, and what they import at once; lazy ones are not among them. */
function firstPage({ page, files }: BuiltUi): string[] {
  const found = new Set<string>();
  for (const [, path = ""] of page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)) closureOf(files, path, found);
  for (const path of files.keys())
    if (/assets\/(start|list-pages)-[^/]+\.js$/.test(path)) closureOf(files, path, found);
  return [...found];
}

const built = await buildUi();
const sizeOf = (paths: Iterable<string>) =>
  [...paths].reduce((sum, path) => sum + zipped(built.files.get(path) ?? new Uint8Array()).length, 0);

test("the first page takes at most 90 KB packed", () => {
  const paths = firstPage(built);
  expect(paths.length).toBeGreaterThan(2);
  expect(sizeOf(paths)).toBeLessThan(FIRST_PAGE);
});

test("the first page is few files: each is a request", () => {
  expect(firstPage(built).length).toBeLessThan(12);
});

test("the whole UI takes at most 200 KB packed", () => {
  expect(sizeOf(built.files.keys())).toBeLessThan(ALL);
});

test("the executable takes at most 130 MB", () => {
  expect(statSync("dist/orch").size).toBeLessThan(EXECUTABLE);
});
