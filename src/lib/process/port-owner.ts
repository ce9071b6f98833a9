// Finds the process that listens on a port, where the system has /proc.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTENS = "0A";

/**
 * `process 4321 (nginx)`; undefined where it cannot be known, as for processes of other users.
 *
 * @example
 * portOwner(4200); // "process 4321 (orch)"
 */
export function portOwner(port: number): string | undefined {
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) => listeners(path, port)));
  if (inodes.size === 0) return undefined;
  const pid = list("/proc").find((name) => /^\d+$/.test(name) && holds(name, inodes));
  return pid === undefined ? undefined : `process ${pid} (${text(`/proc/${pid}/comm`).trim()})`;
}

/** Inodes of the sockets that listen on the port. */
function listeners(path: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return text(path)
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local, , state, , , , , , inode]) =>
      local?.endsWith(`:${hex}`) && state === LISTENS && inode ? [inode] : [],
    );
}

function holds(pid: string, inodes: ReadonlySet<string>): boolean {
  return list(`/proc/${pid}/fd`).some((fd) => {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode !== undefined && inodes.has(inode);
    } catch {
      return false; // it was closed meanwhile
    }
  });
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // there is no /proc, or it is another user's
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
