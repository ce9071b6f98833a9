// Finds the packages that the executable carries, with their versions and licences: for `orch licenses` and the list of a release.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ts } from "@ts-morph/common";
import type { CarriedPackage } from "#cli/version/licenses.ts";

/** Whose declarations and compiler lie in the checker's asset (checker-asset.ts), which no bundler makes. */
const OF_CHECKER = ["@ts-morph/common", "bun-types", "@types/bun", "@types/node", "undici-types"];
const LICENSE_FILE = /^(licen[cs]e|copying)([.-].*)?$/i;

/** Folders of packages, such as `node_modules/a/node_modules/b`, by the inputs of a bundle. */
export function foldersOf(inputs: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of inputs) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path.replaceAll("\\", "/"))?.[0];
    if (folder !== undefined) folders.add(folder.slice(folder.indexOf("node_modules/")));
  }
  return folders;
}

/** Orch first, then the runtime, then by name. Throws when a package names no licence. */
export function carriedPackages(folders: Iterable<string>): CarriedPackage[] {
  const all = new Set([...folders, ...OF_CHECKER.map((name) => `node_modules/${name}`)]);
  const { name, version, license } = about(".");
  return [
    { name, version, license, text: readFileSync("LICENSE", "utf8") },
    runtime(),
    ...[...all, "typescript"]
      .map((folder) => (folder === "typescript" ? compiler() : ofFolder(folder)))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  ];
}

function ofFolder(folder: string): CarriedPackage {
  const { name, version, license } = about(folder);
  if (!license) throw new Error(`${folder}/package.json names no licence`);
  const file = readdirSync(folder).find((each) => LICENSE_FILE.test(each));
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8");
  return { name, version, license, text };
}

/**
 * The package of npm brings no text: its page about licenses is in the documentation, which comes with its types, of the same version.
 * The whole texts that the page names without a link are beside our words about it.
 */
function runtime(): CarriedPackage {
  const { name, version } = about("node_modules/bun");
  if (about("node_modules/bun-types").version !== version) throw new Error("bun-types is not of Bun's version");
  const page = readFileSync("node_modules/bun-types/docs/project/license.mdx", "utf8").replace(/^---\n.*?\n---\n/s, "");
  const [words, ...texts] = ["bun.md", "lgpl-2.0.txt", "lgpl-2.1.txt"].map((file) =>
    readFileSync(join("templates/licenses", file), "utf8"),
  );
  const text = [words, page, ...texts].join(`\n${"-".repeat(80)}\n\n`);
  return { name, version, license: "MIT AND LGPL-2.0-or-later", text };
}

/** Lies inside of @ts-morph/common. */
function compiler(): CarriedPackage {
  const { license, text } = ofFolder("node_modules/typescript");
  return { name: "typescript", version: ts.version, license, text };
}

/** Old packages name their licences in a list. */
function about(folder: string): { name: string; version: string; license: string } {
  const {
    name,
    version,
    license,
    licenses = [],
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string | { type: string };
    licenses?: { type: string }[];
  }; // as npm describes it
  const named = typeof license === "object" ? license.type : license;
  return { name, version, license: named ?? licenses.map(({ type }) => type).join(" OR ") };
}
