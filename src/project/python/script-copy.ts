// Copies a script, with the packages that lie at paths beside it, to a place that is named after what is in them: all runs of the
// same code ask uv with the same script, and share its environment.
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { PRIVATE_FOLDER } from "#lib/files/private.ts";
import { isInRunFolder } from "#lib/files/run-folder.ts";
import { newId } from "#lib/ids.ts";
import { parsedToml, relativePaths, sourcesOf } from "./script-metadata.ts";

export interface CopiedScript {
  /** Absolute path. Its lock file lies beside it. */
  file: string;
  /** What is written in its place. */
  script: string;
  relativeSources: readonly string[];
  /** ORCH_HOME. */
  home: string;
}

/** What differs from copy to copy, and is no part of a package. */
const SKIPPED = new Set([".git", ".venv", "__pycache__"]);
/** Packages whose version is asked of git are built where git's folder is. */
const BY_GIT = /setuptools[-_]scm|hatch-vcs|versioningit|dynamic-versioning|\bpbr\b/;

/** The path of the script there; null where only the place that the code is in now will do. */
export function stableCopy({ file, script, relativeSources, home }: CopiedScript): string | null {
  const packages = packagesOf(dirname(file), relativeSources);
  const files = packages?.flatMap((place) => filesOf(place) ?? [undefined]) ?? [undefined];
  if (!files.every((path) => path !== undefined)) return null;
  const root = commonFolder([file, ...files]);
  const lock = existsSync(`${file}.lock`) ? readFileSync(`${file}.lock`) : null;
  const hash = new Bun.CryptoHasher("sha256").update(`${relative(root, file)}\n${script}\n`).update(lock ?? "none");
  for (const path of files.toSorted()) hash.update(`\n${relative(root, path)}\n`).update(readFileSync(path));
  const folder = join(home, "cache", "scripts", hash.digest("hex").slice(0, 16));
  const copy = join(folder, relative(root, file));
  if (existsSync(copy)) return copy;
  const draft = `${folder}.${newId()}`;
  const inDraft = (path: string) => join(draft, relative(root, path));
  mkdirSync(draft, { recursive: true, mode: PRIVATE_FOLDER });
  for (const path of [file, ...files]) mkdirSync(dirname(inDraft(path)), { recursive: true });
  for (const path of files) copyFileSync(path, inDraft(path));
  writeFileSync(inDraft(file), script);
  if (lock !== null) writeFileSync(`${inDraft(file)}.lock`, lock);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error; // else another run was quicker
  }
  return copy;
}

/** Absolute paths, with the packages that these need from paths beside them. Undefined where they cannot be copied alone. */
function packagesOf(folder: string, sources: readonly string[]): string[] | undefined {
  const found = new Set<string>();
  const open = sources.map((path) => resolve(folder, path));
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (found.has(place)) continue;
    if (!existsSync(place) || !isInRunFolder(place)) return undefined;
    found.add(place);
    const project = join(place, "pyproject.toml");
    if (!existsSync(project)) continue;
    const text = readFileSync(project, "utf8");
    const inner = sourcesOf(parsedToml(text));
    // Members of a workspace are found from its top.
    if (BY_GIT.test(text) || inner.some(({ workspace }) => workspace === true)) return undefined;
    for (const path of relativePaths(inner)) open.push(resolve(place, path));
  }
  return [...found];
}

/** All files of a folder, or a file itself. Undefined where links or others are among them. */
function filesOf(place: string): string[] | undefined {
  if (statSync(place).isFile()) return [place];
  const found: string[] = [];
  for (const name of readdirSync(place)) {
    if (SKIPPED.has(name)) continue;
    const path = join(place, name);
    const stats = lstatSync(path);
    const inner = stats.isDirectory() ? filesOf(path) : stats.isFile() ? [path] : undefined;
    if (inner === undefined) return undefined;
    found.push(...inner);
  }
  return found;
}

function commonFolder(paths: readonly string[]): string {
  const [first = "", ...others] = paths.map((path) => dirname(path));
  let folder = first;
  for (const other of others) while (!`${other}${sep}`.startsWith(`${folder}${sep}`)) folder = dirname(folder);
  return folder;
}
