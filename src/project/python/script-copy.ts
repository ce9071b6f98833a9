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
import { dirname, join, relative, sep } from "node:path";
import { PRIVATE_FOLDER } from "#lib/files/private.ts";
import { newId } from "#lib/ids.ts";
import { copiesIn, noteUse, removeUnused } from "./copy-use.ts";
import { packagesOf } from "./path-packages.ts";

export interface CopiedScript {
  /** Absolute path. Its lock file lies beside it. */
  file: string;
  /** What is written in its place. */
  script: string;
  relativeSources: readonly string[];
  /** What the environment says to uv. */
  variables: string;
  /** ORCH_HOME. */
  home: string;
}

/** What differs from copy to copy, and is no part of a package. */
const SKIPPED = new Set([".git", ".venv", "__pycache__"]);

/** The path of the script there; null where only the place that the code is in now will do. */
export function stableCopy({ file, script, relativeSources, variables, home }: CopiedScript): string | null {
  const packages = packagesOf(dirname(file), relativeSources);
  const files = packages?.flatMap((place) => filesOf(place) ?? [undefined]) ?? [undefined];
  // The script would replace the flow in the package that holds it.
  if (!files.every((path) => path !== undefined) || files.includes(file)) return null;
  const root = commonFolder([file, ...files]);
  const lock = existsSync(`${file}.lock`) ? readFileSync(`${file}.lock`) : null;
  const hash = new Bun.CryptoHasher("sha256").update(`${relative(root, file)}\n${script}\n${variables}\n`);
  hash.update(lock ?? "none");
  for (const path of files.toSorted()) hash.update(`\n${relative(root, path)}\n`).update(readFileSync(path));
  const folder = join(copiesIn(home), hash.digest("hex").slice(0, 16));
  const copy = join(folder, relative(root, file));
  if (existsSync(copy)) {
    noteUse(folder);
    return copy;
  }
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
  removeUnused(home);
  return copy;
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
