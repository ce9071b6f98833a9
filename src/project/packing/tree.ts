// Lists what a deployment packs: the files of its folder, and what they need from outside of it, in one tree.
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { isWithin } from "#lib/files/is-within.ts";
import { FOLDER_LINK } from "#lib/files/run-folder.ts";
import { linkTo, MODULES, type TreeFile } from "#storage/transfer/list.ts";
import type { IgnoreRules } from "./ignore.ts";
import { createLeftOut, type LeftOut, listProject } from "./left-out.ts";
import { modulesInReach, modulesInTree } from "./linked.ts";
import { type Part, partsOutside } from "./outside.ts";

export interface ProjectTree {
  /** The paths of the files are relative to it: the project's folder, or the one that holds all that comes with it. */
  root: string;
  files: TreeFile[];
  /** What comes from outside, relative to the project's folder, for people. */
  outside: string[];
  leftOut: ShownLeftOut;
}

/** What was left out for safety, relative to the project's folder, for people. */
export interface ShownLeftOut {
  links: { path: string; target: string }[];
  secrets: string[];
}

export interface TreeOptions {
  /** Of the project itself. */
  rules: IgnoreRules;
  /** What is never packed, wherever it is; by absolute path. */
  isOurs: (path: string) => boolean;
  /** Names a file that is packed also where it is a link out of the project: `flow.ts:hello`. */
  entrypoint?: string | null | undefined;
}

export async function projectTree(folder: string, { rules, isOurs, entrypoint }: TreeOptions): Promise<ProjectTree> {
  const own: Part = { folder: realpathSync(folder), files: [] };
  const leftOut = createLeftOut();
  own.files = await listProject(own.folder, { rules, isOurs, leftOut });
  const entry = entrypoint ? resolve(own.folder, entrypoint.replace(/:[^:/]*$/, "")) : undefined;
  const outside = await partsOutside(own, { isOurs, entry, leftOut });
  const parts = [own, ...outside];
  const root = parts.map((part) => part.folder).reduce(commonFolder);
  const placeOf = (path: string) => relative(root, path).split(sep).join("/");

  const files = new Map<string, TreeFile>();
  const modules = new Set<string>();
  for (const part of parts) {
    for (const file of part.files) {
      const path = join(part.folder, file.path);
      if (file.link !== null && basename(file.path) === MODULES) modules.add(path);
      else files.set(path, { ...file, path: placeOf(path) });
    }
    // Above the part, as far as the tree goes; and the nearest above the tree, as packages are looked up.
    const above = modulesInReach(dirname(part.folder));
    for (const path of above) if (isWithin(root, path)) modules.add(path);
  }
  if (entry && isOfProject(own.folder, entry) && !files.has(entry)) throw entryLeftOut(relative(own.folder, entry));
  const held = (place: string) => [...files.keys()].some((path) => isWithin(place, path));
  const placeOfPackage = (path: string) => (isWithin(root, path) && held(path) ? placeOf(path) || "." : undefined);
  const linked = [...modules].flatMap((path) => modulesInTree(path, placeOf(path), placeOfPackage));
  const [higher] = existsSync(join(root, MODULES)) || dirname(root) === root ? [] : modulesInReach(dirname(root));
  if (higher) linked.push(...modulesInTree(higher, MODULES, placeOfPackage));
  const inside = placeOf(own.folder);
  if (inside !== "") linked.push(linkTo(FOLDER_LINK, inside));
  const shown = outside.map((part) => shownPath(own.folder, part));
  return {
    root,
    files: byPath([...files.values(), ...linked]),
    outside: [...new Set(shown)].toSorted(),
    leftOut: shownLeftOut(own.folder, leftOut, (path) => files.has(path)),
  };
}

/** A file of the folder itself, and not one that a link of it leads to. */
function isOfProject(folder: string, file: string): boolean {
  return isWithin(folder, file) && existsSync(file) && realpathSync(file) === file;
}

function entryLeftOut(path: string): OrchError {
  const shown = path.split(sep).join("/");
  const why = "is left out by the ignore file, or as a file that may hold secrets: runs would not find it";
  return new OrchError(
    "invalid",
    `The flow's own file '${shown}' ${why}. A line '!${shown}' in the ignore file packs it.`,
  );
}

/** A link to a file that is packed all the same, as source imports it, is no loss. */
function shownLeftOut(project: string, { links, secrets }: LeftOut, isPacked: (path: string) => boolean): ShownLeftOut {
  const shown = (path: string) => relative(project, path) + (path.endsWith("/") ? "/" : "");
  return {
    links: [...links].flatMap(([path, target]) => (isPacked(path) ? [] : [{ path: shown(path), target }])),
    secrets: [...secrets].map(shown),
  };
}

function commonFolder(a: string, b: string): string {
  return isWithin(a, b) ? a : commonFolder(dirname(a), b);
}

/** A package by its folder, a single file by itself. */
function shownPath(project: string, { folder, files }: Part): string {
  const [only] = files;
  return relative(project, files.length === 1 && only ? join(folder, only.path) : folder);
}

function byPath(files: TreeFile[]): TreeFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
