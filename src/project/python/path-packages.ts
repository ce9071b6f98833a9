// Finds the packages that lie at paths beside a script, and tells whether they can be built from a copy of their folders alone.
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { isInRunFolder } from "#lib/files/run-folder.ts";
import { isObject } from "#lib/json.ts";
import { parsedToml, relativePaths, sourcesOf, type Toml } from "./script-metadata.ts";

/** Packages whose version is asked of git are built where git's folder is. */
const BY_GIT = /[-_]scm\b|["']scm["']|hatch-vcs|versioning|versioneer|setuptools[-_]git|\bpbr\b/;
/** What says how a package is built. */
const BUILD_FILES = ["pyproject.toml", "setup.py", "setup.cfg"];

/** Absolute paths, with the packages that these need from paths beside them. Undefined where they cannot be copied alone. */
export function packagesOf(folder: string, sources: readonly string[]): string[] | undefined {
  const found = new Set<string>();
  const open = sources.map((path) => resolve(folder, path));
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (found.has(place)) continue;
    if (!existsSync(place) || !isInRunFolder(place) || isInWorkspace(place)) return undefined;
    found.add(place);
    const project = tomlIn(place);
    const inner = sourcesOf(project);
    if (needsOthers(place, project) || inner.some(({ workspace }) => workspace === true)) return undefined;
    for (const path of relativePaths(inner)) open.push(resolve(place, path));
  }
  return [...found];
}

/** Where a folder above is the top of a workspace, it may say where packages are found. */
function isInWorkspace(place: string): boolean {
  for (let folder = dirname(place); ; folder = dirname(folder)) {
    if (isObject(uvIn(tomlIn(folder))["workspace"])) return true;
    if (folder === dirname(folder)) return false;
  }
}

/** Its build reads files outside of its folder, or git's. */
function needsOthers(place: string, project: Toml): boolean {
  const [, ...scripts] = BUILD_FILES.map((name) => textOf(join(place, name)));
  const { sources: _, ...uv } = uvIn(project);
  const { tool } = project;
  const rest = { ...project, tool: { ...(isObject(tool) ? tool : {}), uv } };
  return (
    BUILD_FILES.some((name) => BY_GIT.test(textOf(join(place, name)))) ||
    scripts.some((text) => /\.\./.test(text)) ||
    textsIn(rest).some((text) => isAbsolute(text) || text.split(/[\\/]/).includes(".."))
  );
}

function uvIn({ tool }: Toml): Toml {
  const uv = isObject(tool) ? tool["uv"] : undefined;
  return isObject(uv) ? uv : {};
}

/** All texts in it, also its names: some are paths. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.entries(value).flatMap(([name, inner]) => [name, ...textsIn(inner)]) : [];
}

function tomlIn(folder: string): Toml {
  return parsedToml(textOf(join(folder, "pyproject.toml")));
}

/** Empty where there is no such file. */
function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
