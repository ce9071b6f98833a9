// Copies a tree of files: several at a time, as clones where the file system can, links to node_modules kept as links.
import { constants } from "node:fs";
import { copyFile, lstat, mkdir, readdir, readlink, stat, symlink } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import type { Copied, PutOptions } from "./storage.ts";

const AT_ONCE = 32;

export interface TreeFile {
  /** Relative to the root, with `/`. */
  path: string;
  /** Set for a link that is kept as one: node_modules. */
  link: string | null;
  bytes: number;
  executable: boolean;
}

/** All files below a folder that are not ignored, in the order of their paths. Links are followed, except node_modules. */
export async function listTree(root: string, ignores: (path: string) => boolean = () => false): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  const above = new Set<string>();

  async function visit(folder: string): Promise<void> {
    const path = join(root, folder);
    const { dev, ino } = await stat(path);
    const key = `${dev}:${ino}`;
    if (above.has(key)) throw new OrchError("invalid", `'${path}' leads back to a folder that holds it.`);
    above.add(key);
    const entries = (await readdir(path, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink() && entry.name === "node_modules") {
        files.push({ path: name, link: resolve(path, await readlink(join(root, name))), bytes: 0, executable: false });
        continue;
      }
      const info = await statOrExplain(join(root, name));
      if (ignores(info.isDirectory() ? `${name}/` : name)) continue;
      if (info.isDirectory()) await visit(name);
      else if (info.isFile()) {
        files.push({ path: name, link: null, bytes: info.size, executable: (info.mode & 0o100) !== 0 });
      }
    }
    above.delete(key);
  }

  await visit("");
  return files;
}

async function statOrExplain(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const link = (await lstat(path)).isSymbolicLink();
    const sentence = link
      ? `'${path}' is a link to nothing. Remove it, or name it in the ignore file.`
      : messageOf(error);
    throw new OrchError("invalid", sentence, { cause: error });
  }
}

/** Copies the files, their folders first. Refuses paths that leave the target. */
export async function copyTree(
  source: string,
  files: readonly TreeFile[],
  target: string,
  { onProgress }: Pick<PutOptions, "onProgress"> = {},
): Promise<Copied> {
  const folders = new Set(files.map(({ path }) => resolve(inside(target, path), "..")));
  await mkdir(target, { recursive: true });
  for (const folder of [...folders].toSorted()) await mkdir(folder, { recursive: true });
  const copied: Copied = { files: 0, bytes: 0 };
  const waiting = files.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const file of waiting) {
        await copyOne(source, file, inside(target, file.path));
        copied.files += 1;
        copied.bytes += file.bytes;
        onProgress?.({ ...copied });
      }
    }),
  );
  return copied;
}

async function copyOne(source: string, { path, link }: TreeFile, to: string): Promise<void> {
  if (link !== null) await symlink(link, to).catch(keepExisting);
  else await copyFile(join(source, path), to, constants.COPYFILE_FICLONE);
}

function keepExisting(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
}

function inside(folder: string, path: string): string {
  const target = resolve(folder, path);
  const way = relative(folder, target);
  if (way === ".." || way.startsWith(`..${sep}`)) {
    throw new OrchError("invalid", `'${path}' lies outside of '${folder}'.`);
  }
  return target;
}
