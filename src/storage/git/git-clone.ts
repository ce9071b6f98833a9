// Brings one commit of a repository into an empty folder: as little as possible of its history, a sub-folder alone where
// one is asked for, and the submodules at the commits that it names.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import type { GetOptions } from "../storage.ts";
import { type Git, GitFailure } from "./git-command.ts";
import type { GitRemote } from "./git-remote.ts";

export interface CloneOptions {
  /** A branch, a tag, a commit (whole or its first digits), or a ref such as `refs/pull/5/head`; null: the remote's HEAD. */
  reference: string | null;
  /** With `/`, without them at its ends; empty for everything. */
  path: string;
  /** Whether `.git` stays; of a sub-folder it never does. */
  keepsHistory: boolean;
  /** Called for each submodule that cannot be had. */
  onWarning?: GetOptions["onWarning"] | undefined;
}

const COMMIT = /^[0-9a-f]{4,64}$/i;
const WHOLE_COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
const ONE_COMMIT = ["--depth", "1"];
/** Contents come when they are needed, from servers that can. */
const WITHOUT_CONTENT = "--filter=blob:none";

/** Throws `not_found` where the path or the commit is not there, else as `Git` does. The folder is empty or not there. */
export async function cloneInto(git: Git, remote: GitRemote, folder: string, options: CloneOptions): Promise<void> {
  mkdirSync(folder, { recursive: true });
  try {
    await cloneBy(git, remote, folder, options, [WITHOUT_CONTENT]);
  } catch (error) {
    // Contents cannot be had one by one there.
    if (!isUnadvertised(error)) throw error;
    emptyFolder(folder);
    await cloneBy(git, remote, folder, options, []);
  }
}

async function cloneBy(git: Git, remote: GitRemote, folder: string, options: CloneOptions, filter: string[]) {
  const { path, reference } = options;
  await getHead(git, remote, folder, reference, { filter, isPart: path !== "" });
  await checkOut(git, folder, path).catch((cause) => {
    const isEmpty = cause instanceof GitFailure && /ambiguous argument 'HEAD'|resolve 'HEAD'/.test(cause.words);
    throw isEmpty ? new OrchError("not_found", `There is no commit in '${remote.shown}'.`, { cause }) : cause;
  });
  const hasSubmodules = (await git(folder, "ls-tree", "HEAD", ".gitmodules")) !== "";
  if (hasSubmodules) await getSubmodules(git, folder, options);
  if (path !== "" || !options.keepsHistory) await removeHistory(folder, hasSubmodules);
  if (path === "" || statSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory()) return;
  const at = reference === null ? "" : ` at '${reference}'`;
  throw new OrchError("not_found", `There is no folder '${path}' in '${remote.shown}'${at}.`);
}

/** Servers that speak an old protocol give only what a branch or tag leads to. */
function isUnadvertised(error: unknown): boolean {
  return error instanceof GitFailure && /did not contain|unadvertised object/.test(error.words);
}

export function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

interface Shape {
  filter: string[];
  /** Most of what the commit holds is not needed. */
  isPart: boolean;
}

/** A repository whose HEAD is the commit, with nothing checked out. */
async function getHead(git: Git, remote: GitRemote, folder: string, reference: string | null, shape: Shape) {
  const name = reference?.replace(/^refs\/(?:heads|tags)\//, "") ?? null;
  if (name === null || !(WHOLE_COMMIT.test(name) || name.startsWith("refs/"))) {
    const branch = name === null ? [] : ["--branch", name];
    const filter = shape.isPart ? shape.filter : [];
    try {
      await git(
        folder,
        "clone",
        "--quiet",
        "--no-checkout",
        ...ONE_COMMIT,
        ...filter,
        ...branch,
        "--",
        remote.url,
        ".",
      );
      return;
    } catch (error) {
      const isNoBranch = error instanceof GitFailure && /Remote branch .* not found/.test(error.words);
      if (name === null || !isNoBranch || !COMMIT.test(name)) throw error;
    }
  }
  if (!existsSync(join(folder, ".git"))) {
    await git(folder, "init", "--quiet");
    await git(folder, "remote", "add", "origin", remote.url);
  }
  const commit = await fetchCommit(git, remote, folder, name ?? "HEAD", shape);
  await git(folder, "update-ref", "--no-deref", "HEAD", commit);
}

async function fetchCommit(git: Git, remote: GitRemote, folder: string, name: string, shape: Shape) {
  if (!COMMIT.test(name) || WHOLE_COMMIT.test(name)) {
    try {
      const filter = shape.isPart ? shape.filter : [];
      await git(folder, "fetch", "--quiet", ...ONE_COMMIT, ...filter, "origin", name);
      return (await git(folder, "rev-parse", "FETCH_HEAD^{commit}")).trim();
    } catch (error) {
      if (!isUnadvertised(error)) throw error;
    }
  }
  await git(folder, "fetch", "--quiet", ...shape.filter, "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*");
  try {
    return (await git(folder, "rev-parse", "--verify", `${name}^{commit}`)).trim();
  } catch (cause) {
    if (!(cause instanceof GitFailure)) throw cause;
    const sentence = /ambiguous/.test(cause.words)
      ? `More than one commit in '${remote.shown}' begins with '${name}'. Name more of its digits.`
      : `There is no branch, tag or commit '${name}' in '${remote.shown}'.`;
    throw new OrchError("not_found", sentence, { cause });
  }
}

/** Settings of this command alone: the submodules are whole. */
async function checkOut(git: Git, folder: string, path: string): Promise<void> {
  const sparse = path === "" ? [] : ["-c", "core.sparseCheckout=true", "-c", "core.sparseCheckoutCone=false"];
  if (path !== "") {
    mkdirSync(join(folder, ".git/info"), { recursive: true });
    writeFileSync(join(folder, ".git/info/sparse-checkout"), `/${path.replace(/[\\*?[\]!# ]/g, "\\$&")}/\n`);
  }
  await git(folder, ...sparse, "reset", "--quiet", "--hard", "HEAD");
}

/** Prefect fetches none: so a run goes on without one that it has no rights for. */
async function getSubmodules(git: Git, folder: string, { path, onWarning }: CloneOptions): Promise<void> {
  const update = ["submodule", "--quiet", "update", "--init", "--recursive"];
  const below = path === "" ? [] : ["--", path];
  try {
    await git(folder, ...update, ...ONE_COMMIT, ...below);
    return;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
  }
  // One by one, and with all of their history: from old servers no commit can be had by its name.
  await git(folder, "submodule", "--quiet", "deinit", "--force", "--all");
  rmSync(join(folder, ".git/modules"), { recursive: true, force: true });
  const entries = (await git(folder, "ls-files", "-z", "--stage", ...below)).split("\0");
  const submodules = entries.filter((entry) => entry.startsWith("160000 ")).map((entry) => entry.replace(/^.*?\t/, ""));
  for (const submodule of submodules) {
    try {
      await git(folder, ...update, "--", submodule);
    } catch (error) {
      if (!(error instanceof GitFailure && onWarning)) throw error;
      onWarning(`The submodule '${submodule}' is left out. ${error.message}`);
    }
  }
}

/** No repository can hold a `.git`: those below are of submodules. */
async function removeHistory(folder: string, hasSubmodules: boolean): Promise<void> {
  rmSync(join(folder, ".git"), { recursive: true, force: true });
  if (!hasSubmodules) return;
  for await (const path of new Bun.Glob("**/.git").scan({ cwd: folder, dot: true, onlyFiles: false })) {
    rmSync(join(folder, path), { recursive: true, force: true });
  }
}
