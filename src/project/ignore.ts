// Which files belong to a project: all, without those its ignore file names. Patterns as in .gitignore.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ignore from "ignore";

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

/** `file`: another one than the folder's own, relative to it. */
export function readIgnoreFile(folder: string, file?: string): Ignores {
  const name = file ?? IGNORE_FILES.find((candidate) => existsSync(join(folder, candidate)));
  const text = name ? readFileSync(resolve(folder, name), "utf8") : DEFAULT_PATTERNS;
  const patterns = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const rules = rulesOf(patterns);
  const named = ignore(CASE_MATTERS).add(patterns.filter((each) => each.startsWith("!")).map((each) => each.slice(1)));
  return (path) => rules(path) || (isEnvFile(path) && !named.ignores(path));
}

function rulesOf(patterns: readonly string[]): Ignores {
  if (patterns.some((pattern) => pattern.startsWith("!"))) return lastWins(patterns);
  const rules = ignore(CASE_MATTERS).add(patterns);
  return (path) => rules.ignores(path);
}

/** Such a file holds what must not leave its machine. It is packed only if the ignore file says so, by `!.env`. */
export function isEnvFile(path: string): boolean {
  return /(?:^|\/)\.env(?:\.[^/]+)?$/.test(path) && !/\.(?:example|sample|template|dist|defaults|schema)$/.test(path);
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
  writeFileSync(path, DEFAULT_PATTERNS);
  return path;
}
