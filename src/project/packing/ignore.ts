// Which files belong to a project: all, without those its ignore file names. Patterns as in .gitignore.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import ignore from "ignore";
import { messageOf, OrchError } from "#lib/errors.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { beginningOf, isSecretFile } from "./secret-files.ts";

/** `.orchignore` wins if both are there. */
export const IGNORE_FILES = [".orchignore", ".prefectignore"] as const;

/** What is written where there is no ignore file yet: Prefect 2.10.4's own list, and node_modules. */
export const DEFAULT_PATTERNS = `# files that are not uploaded with a deployment
.prefectignore

# python artifacts
__pycache__/
*.py[cod]
*$py.class
*.egg-info/
*.egg

# type checking artifacts
.mypy_cache/
.dmypy.json
dmypy.json
.pyre/

# notebooks
profile_default/
ipython_config.py
*.ipynb_checkpoints/*

# environments
.python-version
.env
.venv
env/
venv/
node_modules/

# secrets: these, and files with a private key, are left out in any case; "!NAME" takes one along
.envrc
.aws/
.ssh/
.azure/
.kube/
.netrc
.npmrc
.pypirc
.git-credentials
id_rsa
id_ed25519
*.p12
*.pfx

# macOS
.DS_Store

# dask
dask-worker-space/

# editors
.idea/
.vscode/

# version control
.git/
.hg/
`;

/** True for a path, relative to the folder with `/`, that is left out. Folders end in `/`. */
export type Ignores = (path: string) => boolean;

export interface IgnoreRules {
  leavesOut: Ignores;
  /** Whether a pattern with `!` names the path: such a secret is packed, such a link followed out of the project. */
  asksFor: Ignores;
  /** Known to hold secrets, and not asked for. */
  isSecret: Ignores;
}

/** `file`: another one than the folder's own, relative to it. */
export function readIgnoreFile(folder: string, file?: string): Ignores {
  return readIgnoreRules(folder, file).leavesOut;
}

export function readIgnoreRules(folder: string, file?: string): IgnoreRules {
  const name = file ?? IGNORE_FILES.find((candidate) => existsSync(join(folder, candidate)));
  const text = name ? readText(resolve(folder, name)) : DEFAULT_PATTERNS;
  const patterns = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const rules = rulesOf(patterns);
  const kept = patterns.filter((each) => each.startsWith("!")).map((each) => each.slice(1));
  const named = ignore(CASE_MATTERS).add(kept);
  const asksFor = (path: string) => kept.length > 0 && named.ignores(path);
  function isSecret(path: string): boolean {
    // A file in it may be asked for.
    if (kept.length > 0 && path.endsWith("/")) return false;
    const read = (bytes: number) => beginningOf(join(folder, path), bytes);
    return isSecretFile(path, read) && !asksFor(path);
  }
  return { leavesOut: (path) => rules(path) || isSecret(path), asksFor, isSecret };
}

function readText(path: string): string {
  try {
    if (statSync(path).isFile()) return readFileSync(path, "utf8");
  } catch (cause) {
    throw new OrchError("invalid", `The ignore file '${path}' cannot be read: ${messageOf(cause)}`, { cause });
  }
  throw new OrchError("invalid", `The ignore file '${path}' is no file.`);
}

function rulesOf(patterns: readonly string[]): Ignores {
  if (patterns.some((pattern) => pattern.startsWith("!"))) return lastWins(patterns);
  const rules = ignore(CASE_MATTERS).add(patterns);
  return (path) => rules.ignores(path);
}

const CASE_MATTERS = { ignorecase: false };

/**
 * The last pattern that matches a file decides, as in the old engine: `build/` and then `!build/keep.txt` keeps that file,
 * where git would not look into the folder again. So no folder is left out as a whole.
 */
function lastWins(patterns: readonly string[]): Ignores {
  const rules = patterns.map((pattern) => {
    const keeps = pattern.startsWith("!");
    return { keeps, matcher: ignore(CASE_MATTERS).add(keeps ? pattern.slice(1) : pattern) };
  });
  return (path) => !path.endsWith("/") && rules.findLast(({ matcher }) => matcher.ignores(path))?.keeps === false;
}

/** Writes the default patterns where there is no ignore file; gives the path of the new file. */
export function ensureIgnoreFile(folder: string): string | null {
  if (IGNORE_FILES.some((name) => existsSync(join(folder, name)))) return null;
  const path = join(folder, ".prefectignore");
  writeWhole(path, DEFAULT_PATTERNS);
  return path;
}
