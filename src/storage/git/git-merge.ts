// Lays the files of a repository over those of a folder: modes and links are kept as the repository has them.
import { existsSync, lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import { copyTree } from "../transfer/copy.ts";
import { linkTo, type TreeFile } from "../transfer/list.ts";

const HISTORY = ".git";

/** A folder that is a repository already keeps its own history. Links are never followed. */
export async function mergeTree(source: string, target: string): Promise<void> {
  const keepsOwn = existsSync(join(target, HISTORY));
  const files = filesBelow(source, "").filter(({ path }) => !(keepsOwn && path.startsWith(`${HISTORY}/`)));
  await copyTree(source, files, target);
}

function filesBelow(root: string, folder: string): TreeFile[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    const info = lstatSync(join(root, path));
    if (info.isDirectory()) return filesBelow(root, path);
    return info.isSymbolicLink() ? linkTo(path, readlinkSync(join(root, path))) : fileOf(path, info);
  });
}

function fileOf(path: string, { size, mode, ctimeMs }: Stats): TreeFile {
  return { path, link: null, bytes: size, executable: (mode & 0o100) !== 0, stamp: "", changed: ctimeMs };
}
