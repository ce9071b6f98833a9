// The lock file names every package of every platform, so `npm ci` works on a fresh clone wherever it runs.
import { expect, test } from "bun:test";

interface Locked {
  optional?: boolean;
  resolved?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const lock = (await Bun.file("package-lock.json").json()) as { packages: Record<string, Locked> };

test("every dependency of a locked package is locked, those of other platforms too", () => {
  const missing: string[] = [];
  for (const [path, { dependencies, optionalDependencies }] of Object.entries(lock.packages)) {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (!isLocked(path, name)) missing.push(`${path || "package.json"} needs ${name}`);
    }
  }
  expect(missing).toEqual([]);
});

test("the lock file names no registry", () => {
  expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
});

/** Looked up as Node does: in the package's own node_modules, then in those of the folders above it. */
function isLocked(path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/node_modules/"), 0))) {
    if (lock.packages[`${folder ? `${folder}/` : ""}node_modules/${name}`]) return true;
    if (folder === "") return false;
    if (!folder.includes("/node_modules/")) {
      return lock.packages[`node_modules/${name}`] !== undefined;
    }
  }
}
