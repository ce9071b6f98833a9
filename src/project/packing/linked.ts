// Finds the packages of a node_modules that are links to folders of source: workspaces, `link:`, `file:`, `portal:`. What is
// installed is linked to as it is, but these are edited, so a snapshot holds copies of them.
import { type Dirent, existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { linkTo, MODULES, type TreeFile } from "#storage/transfer/list.ts";

export interface LinkedPackage {
  /** As it is imported. */
  name: string;
  /** Where its source is: absolute, without links. */
  folder: string;
}

/** Of the node_modules at `modules`; none where there is no such folder. Links to nothing are no packages. */
export function linkedPackages(modules: string): LinkedPackage[] {
  return entriesOf(modules).flatMap(({ name, path, isLink }) => {
    const folder = isLink ? realFolder(path) : undefined;
    return folder === undefined || `${folder}${sep}`.includes(`${sep}${MODULES}${sep}`) ? [] : [{ name, folder }];
  });
}

/** The node_modules of the folder and of those above it, nearest first. */
export function modulesInReach(folder: string): string[] {
  const own = join(folder, MODULES);
  const above = dirname(folder) === folder ? [] : modulesInReach(dirname(folder));
  return existsSync(own) ? [own, ...above] : above;
}

/**
 * The node_modules `modules` for a tree where it lies at `place`: one link, or, where it links to packages that the tree
 * holds, a link for each package. `placeOf` gives where the tree holds a folder, if it does.
 */
export function modulesInTree(
  modules: string,
  place: string,
  placeOf: (folder: string) => string | undefined,
): TreeFile[] {
  const held = new Map<string, string>();
  for (const { name, folder } of linkedPackages(modules)) {
    const at = placeOf(folder);
    if (at !== undefined) held.set(name, at);
  }
  if (held.size === 0) return [linkTo(place, leadsTo(modules))];
  const scopes = new Set([...held.keys()].filter((name) => name.includes("/")).map((name) => name.split("/")[0]));
  return entriesOf(modules, scopes).map(({ name, path }) => {
    const at = held.get(name);
    const entry = `${place}/${name}`;
    return linkTo(entry, at === undefined ? path : relative(dirname(entry), at) || ".");
  });
}

/** A node_modules may be a link itself. */
function leadsTo(path: string): string {
  return lstatSync(path).isSymbolicLink() ? resolve(dirname(path), readlinkSync(path)) : path;
}

interface Entry {
  name: string;
  path: string;
  isLink: boolean;
}

/** Scopes are looked into: all, or those named. */
function entriesOf(modules: string, scopes?: ReadonlySet<string | undefined>): Entry[] {
  return namesIn(modules).flatMap((entry) => {
    const { name } = entry;
    const path = join(modules, name);
    const isScope = name.startsWith("@") && (scopes?.has(name) ?? entry.isDirectory());
    if (!isScope) return [{ name, path, isLink: entry.isSymbolicLink() }];
    return namesIn(path).map((inner) => ({
      name: `${name}/${inner.name}`,
      path: join(path, inner.name),
      isLink: inner.isSymbolicLink(),
    }));
  });
}

function namesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** Without a package.json it is no package, but perhaps a whole disk. */
function realFolder(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    return existsSync(join(real, "package.json")) ? real : undefined;
  } catch {
    return undefined;
  }
}
