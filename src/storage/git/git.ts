// Opens the blocks that lead to a git repository: GitHub, GitLab, Bitbucket. Code is read from there, and brought there by
// other means.
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { isWithin } from "#lib/files/is-within.ts";
import { makeRunFolder } from "#lib/files/run-folder.ts";
import { isObject, type Json, type JsonObject, textOfJson } from "#lib/json.ts";
import { persistently } from "../file-store.ts";
import type { Storage } from "../storage.ts";
import { type CloneOptions, cloneInto, emptyFolder } from "./git-clone.ts";
import { gitFor } from "./git-command.ts";
import { mergeTree } from "./git-merge.ts";
import { type GitHost, remoteOf } from "./git-remote.ts";

const GITHUB: GitHost = {
  name: "GitHub",
  tokenProtocols: ["https"],
  credentialsOf: (token) => ({ username: token, password: "" }),
};

const GITLAB: GitHost = {
  name: "GitLab",
  tokenProtocols: ["https", "http"],
  credentialsOf: (token) => ({ username: "oauth2", password: token }),
};

/** The block `github`. */
export function openGitHub(data: JsonObject): Storage {
  const { repository, access_token, include_git_objects } = data;
  return gitStorage(GITHUB, data, repository, access_token, include_git_objects !== false);
}

/** The block `github-repository` of prefect-github. */
export function openGitHubRepository(data: JsonObject): Storage {
  return gitStorage(GITHUB, data, data["repository_url"], inside(data["credentials"], "token"));
}

/** The block `gitlab-repository`, as prefect-gitlab has it. */
export function openGitLab(data: JsonObject): Storage {
  return gitStorage(GITLAB, data, data["repository"], inside(data["credentials"], "token"));
}

/** The block `bitbucket-repository` of prefect-bitbucket. */
export function openBitbucket(data: JsonObject): Storage {
  const credentials = data["bitbucket_credentials"];
  const token = inside(credentials, "token");
  if (optionalText(token) === null && optionalText(inside(credentials, "password")) !== null) {
    const todo = "Save the app password or access token as its 'token'.";
    throw new OrchError("invalid", `The Bitbucket credentials have a password, but no token for git. ${todo}`);
  }
  const username = optionalText(inside(credentials, "username")) ?? "x-token-auth";
  const host: GitHost = {
    name: "Bitbucket",
    tokenProtocols: ["https"],
    credentialsOf: (token) => ({ username, password: token }),
  };
  return gitStorage(host, data, data["repository"], token);
}

function inside(block: Json | undefined, field: string): Json | undefined {
  return isObject(block) ? block[field] : undefined;
}

function optionalText(value: Json | undefined): string | null {
  return value === undefined || value === null || value === "" ? null : textOfJson(value).trim();
}

/** Throws `invalid` where the block's address, token or reference is not one that git may be given. */
function gitStorage(
  host: GitHost,
  data: JsonObject,
  repository: Json | undefined,
  token: Json | undefined,
  keepsHistory = true,
): Storage {
  const remote = remoteOf(optionalText(repository) ?? "", optionalText(token), host);
  const reference = optionalText(data["reference"]);
  if (reference !== null && /^-|[\p{Cc}\s]/u.test(reference)) {
    throw new OrchError("invalid", `'${reference}' is no branch, tag or commit: remove the '-' or blank.`);
  }
  const place = reference === null ? remote.shown : `${remote.shown}@${reference}`;
  const readOnly = `Nothing can be stored in '${place}' by a ${host.name} block: commit and push the files with git, or use --skip-upload.`;

  async function cloneTo(folder: string, options: CloneOptions, signal?: AbortSignal): Promise<void> {
    const git = await gitFor(remote, signal);
    await persistently(() => cloneInto(git, remote, folder, options).catch(emptied(folder)), signal);
  }

  /** Calls `use` with a folder that holds a copy, which goes then. */
  async function inCopy<T>(
    use: (copy: string) => T | Promise<T>,
    options: CloneOptions = { reference, path: "", keepsHistory: false },
    signal?: AbortSignal,
  ): Promise<T> {
    const copy = makeRunFolder();
    try {
      await cloneTo(copy, options, signal);
      return await use(copy);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  }

  return {
    readOnly,
    location: (path) => [place, partOf(path)].filter((part) => part !== "").join("/"),
    async getDirectory(fromPath, localPath, { signal, onWarning } = {}) {
      const target = resolve(localPath);
      const options = { reference, path: partOf(fromPath), keepsHistory, onWarning };
      if (!existsSync(target) || readdirSync(target).length === 0) return cloneTo(target, options, signal);
      await inCopy((copy) => mergeTree(copy, target), options, signal);
    },
    async putDirectory() {
      throw new OrchError("invalid", readOnly);
    },
    async listPaths(path) {
      const part = partOf(path);
      const files = await inCopy((copy) => filesIn(copy));
      return files.filter((file) => part === "" || file.startsWith(`${part}/`));
    },
    async readPath(path) {
      const part = partOf(path);
      return inCopy((copy) => {
        if (filesIn(copy).includes(part)) return readFileSync(join(copy, part));
        throw new OrchError("not_found", `There is no file '${part}' in '${place}'.`);
      });
    },
    async writePath() {
      throw new OrchError("invalid", readOnly);
    },
  };

  /** As people write paths. Throws `invalid` for one that leaves the repository. */
  function partOf(path: string | null): string {
    const parts = (path ?? "").split("/").filter((part) => part !== "" && part !== ".");
    if (!parts.includes("..") && !/\p{Cc}/u.test(path ?? "")) return parts.join("/");
    throw new OrchError("invalid", `Provided path ${path} is outside of the base path ${place}.`);
  }
}

/** By their paths, in their order: what links lead to only where that is in the copy, and nothing of git's own. */
function filesIn(copy: string): string[] {
  const root = realpathSync(copy);
  const isInside = (path: string) => {
    if (!existsSync(path)) return false;
    const place = realpathSync(path);
    return isWithin(root, place) && statSync(place).isFile();
  };
  const found = readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    return entry.isFile() || (entry.isSymbolicLink() && isInside(path)) ? [relative(root, path)] : [];
  });
  return found.filter((path) => !path.split("/").includes(".git")).toSorted();
}

/** What a clone that failed has left there goes. */
function emptied(folder: string): (error: unknown) => never {
  return (error) => {
    emptyFolder(folder);
    throw error;
  };
}
