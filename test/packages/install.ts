// Installs a project of the gallery in the user's cache folder, once for each set of its package.json files.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const PROJECTS = join(import.meta.dirname, "projects");
const PNPM = "pnpm@12.21.0";
/** Is in `node_modules` when the installation has come to its end. */
const MARK = ".complete";

/**
 * Gives the folder of an installed copy of `projects/<name>`: the packages of the cache, the files of today.
 * Throws when the packages cannot be installed.
 */
export async function installProject(name: string): Promise<string> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "orch-gallery");
  const folder = join(cache, `${name}-${versions(join(PROJECTS, name))}`);
  for (const old of existsSync(cache) ? readdirSync(cache) : []) {
    const isOld = old.startsWith(`${name}-`) && /^[0-9a-f]{16}$/.test(old.slice(name.length + 1));
    if (isOld && join(cache, old) !== folder) rmSync(join(cache, old), { recursive: true });
  }
  mkdirSync(folder, { recursive: true });
  removeSources(folder);
  cpSync(join(PROJECTS, name), folder, { recursive: true });
  if (existsSync(join(folder, "node_modules", MARK))) return folder;
  const pnpm = existsSync(join(folder, "pnpm-workspace.yaml"));
  await run(pnpm ? ["npm", "exec", "--yes", `--package=${PNPM}`, "--", "pnpm", "install"] : NPM_INSTALL, folder);
  writeFileSync(join(folder, "node_modules", MARK), "");
  return folder;
}

/**
 * package.json names exact versions, and what these need is as it was on one day, so no lock files are kept.
 * Scripts of packages compile or fetch what their prebuilt files make unnecessary.
 */
const NPM_INSTALL = [
  ...["npm", "install", "--before=2026-11-28", "--ignore-scripts"],
  ...["--no-audit", "--no-fund", "--no-package-lock"],
];

/** Leaves nothing but the folders `node_modules`: a flow of an earlier day would be taken for one of today. */
function removeSources(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeSources(path);
    else rmSync(path);
  }
}

/** Sixteen hex digits that change with any package.json of the project. */
function versions(project: string): string {
  const files = [...new Bun.Glob("**/{package.json,pnpm-workspace.yaml}").scanSync(project)].sort();
  const hash = new Bun.CryptoHasher("sha256").update(PNPM);
  for (const file of files) hash.update(file).update(readFileSync(join(project, file)));
  return hash.digest("hex").slice(0, 16);
}

async function run(command: string[], cwd: string): Promise<void> {
  const child = Bun.spawn(command, { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const streams = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
  const [code, ...printed] = await Promise.all([child.exited, ...streams]);
  if (code !== 0) throw new Error(`'${command.join(" ")}' in ${cwd} exited ${code}:\n${printed.join("")}`);
}
