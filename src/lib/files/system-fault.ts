// What the operating system refuses, as sentences: a disk that is full, a folder that is missing, a limit that is reached.
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fullDisk, mountOf } from "./disk.ts";

/** `ENOSPC`, `EACCES` and the like; empty for an error of another kind. */
export function systemCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^E[A-Z0-9]{2,}$/.test(code) ? code : "";
}

/** Whether the machine, or a limit of this process, has nothing left of what is needed now: it may have later. */
export function isShortage(error: unknown): boolean {
  return SHORTAGES.has(systemCode(error));
}

const SHORTAGES: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM", "ENOSPC", "EDQUOT"]);

const OF_PATH: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: fullDisk,
  EDQUOT: (path) => `The disk quota that '${path}' counts towards is used up: make room there.`,
  EROFS: (path) => `'${path}' cannot be written: the disk that holds it (mounted at '${mountOf(path)}') is read-only.`,
  EACCES: (path) => `'${path}' cannot be used: permission denied. Check its rights and those of its folders.`,
  EPERM: (path) =>
    `'${path}' cannot be used: the system does not permit it. Check its rights and those of its folders.`,
  ENOENT: (path) => {
    const missing = firstMissing(path);
    return missing === resolve(path)
      ? `There is no '${path}'.`
      : `'${path}' cannot be used: there is no folder '${missing}'.`;
  },
  ENOTDIR: inFile,
  EISDIR: (path) => `'${path}' cannot be used: it is a folder, not a file.`,
  // That of a folder on the way is a file, says the system when it should make it.
  EEXIST: (path) => (existsSync(path) ? `'${path}' cannot be made: it is there already.` : inFile(path)),
  ELOOP: (path) => `'${path}' cannot be used: its links lead in a circle.`,
  ENAMETOOLONG: (path) => `'${path}' cannot be used: a name in it is too long.`,
  EIO: (path) => `'${path}' cannot be used: the disk that holds it (mounted at '${mountOf(path)}') fails.`,
  ESTALE: (path) => `'${path}' cannot be used: the network disk that held it is gone.`,
};

const OF_PROCESS: Readonly<Record<string, string>> = {
  EMFILE: "This process may not open more files at once: raise the limit of 'ulimit -n'.",
  ENFILE: "The machine has too many files open at once: end some programs, or raise its limit.",
  EAGAIN: "No more processes can be started: end some, or raise the limit of 'ulimit -u' or of the container.",
  ENOMEM: "The machine has no memory left: end some programs, or raise the limit of the container.",
  ENOSPC: "A disk is full: make room where this folder, ORCH_HOME and TMPDIR are.",
  EDQUOT: "A disk quota is used up: make room where this folder, ORCH_HOME and TMPDIR are.",
};

/**
 * The sentence for an error of the system; `undefined` for an error of another kind. `path` is what was to be read or
 * written, where the error does not name it.
 *
 * @example
 * systemFault(error, "profiles.toml"); // "The disk that holds … is full: make room there."
 */
export function systemFault(error: unknown, path?: string): string | undefined {
  const code = systemCode(error);
  const named = path ?? (error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : "");
  return (named === "" ? undefined : OF_PATH[code]?.(named)) ?? OF_PROCESS[code];
}

function inFile(path: string): string {
  return `'${path}' cannot be used: a part of its path is a file, not a folder.`;
}

function firstMissing(path: string): string {
  let missing = resolve(path);
  while (missing !== dirname(missing) && !existsSync(dirname(missing))) missing = dirname(missing);
  return missing;
}
