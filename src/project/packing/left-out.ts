// Lists the files of a project or a package, and remembers what is left out for safety: links that lead out of it, and files
// known to hold secrets.
import { readlinkSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { isWithin } from "#lib/files/is-within.ts";
import { FOLDER_LINK } from "#lib/files/run-folder.ts";
import { listTree, type TreeFile } from "#storage/transfer/list.ts";
import type { IgnoreRules } from "./ignore.ts";

export interface LeftOut {
  /** A link that is not followed. Both are absolute. */
  link(path: string, target: string): void;
  secret(path: string): void;
  /** The link that a path leads through. */
  linkTo(path: string): string | undefined;
  /** By absolute path, in the order in which they were found; where links lead as they say it. */
  readonly links: ReadonlyMap<string, string>;
  readonly secrets: ReadonlySet<string>;
}

export function createLeftOut(): LeftOut {
  const links = new Map<string, string>();
  const secrets = new Set<string>();
  return {
    links,
    secrets,
    link: (path, target) => void links.set(path, target),
    secret: (path) => void secrets.add(path),
    linkTo: (path) => links.keys().find((link) => isWithin(link, path)),
  };
}

export interface ListOptions {
  rules: IgnoreRules;
  /** By absolute path: what is never packed. */
  isOurs: (path: string) => boolean;
  leftOut: LeftOut;
}

/**
 * A link is followed out of the folder, and to a secret in it, only where the ignore file asks for the link. The path of the
 * folder has no links in it.
 */
export function listProject(folder: string, { rules, isOurs, leftOut }: ListOptions): Promise<TreeFile[]> {
  function ignores(path: string): boolean {
    const place = resolve(folder, path);
    if (isOurs(place)) return true;
    if (!rules.leavesOut(path)) return false;
    if (rules.isSecret(path)) leftOut.secret(place + (path.endsWith("/") ? "/" : ""));
    return true;
  }
  function follows(path: string, target: string): boolean {
    if (rules.asksFor(path) || rules.asksFor(`${path}/`)) return true;
    const place = join(folder, path);
    if (!isWithin(folder, target)) leftOut.link(place, readlinkSync(place));
    else if (isSecretPlace(relative(folder, target))) leftOut.secret(place);
    else return true;
    return false;
  }
  const isSecretPlace = (path: string) => rules.isSecret(path) || rules.isSecret(`${path}/`);
  return listTree(folder, ignores, follows).then(withoutFolderLink);
}

/** It belongs to trees that are packed already. */
function withoutFolderLink(files: TreeFile[]): TreeFile[] {
  return files.filter(({ path, link }) => link === null || basename(path) !== FOLDER_LINK);
}
