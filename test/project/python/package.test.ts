// The built-in Python engine as it is written into the home.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtInPackage } from "#project/python/package.ts";

const home = mkdtempSync(join(tmpdir(), "orch-package-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test("python 4: every file of the package is written, once for each version", () => {
  const folder = builtInPackage(home);
  const sources = readdirSync("src/python/prefect").filter((name) => name.endsWith(".py"));
  expect(readdirSync(join(folder, "prefect")).toSorted()).toEqual(sources.toSorted());
  for (const name of sources) {
    expect(readFileSync(join(folder, "prefect", name), "utf8")).toBe(
      readFileSync(`src/python/prefect/${name}`, "utf8"),
    );
  }
  expect(builtInPackage(home)).toBe(folder);
  expect(readdirSync(join(home, "cache"))).toHaveLength(1);
});

test("python 4: no file of it has more than 420 lines", () => {
  const long = readdirSync("src/python/prefect").filter((name) => {
    return name.endsWith(".py") && readFileSync(`src/python/prefect/${name}`, "utf8").split("\n").length > 420;
  });
  expect(long).toEqual([]);
});
