// Finds the server of Prefect that works on a database. Between two requests it has the file closed, so that neither locks nor
// open files tell of it: its process does, by its command line and the home in its environment.
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** The names of its app in Prefect 2.10 to 2.20, and in older ones. */
const APP = /prefect\.(?:server|orion)\.api\.server:create_app/;

/** The process that has the file open, or serves it; `undefined` where none is found, or where there is no /proc. */
export function findWriter(path: string): number | undefined {
  return processes().find((pid) => pid !== process.pid && (holds(pid, path) || serves(pid, path)));
}

function processes(): number[] {
  try {
    return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
  } catch {
    return [];
  }
}

function holds(pid: number, path: string): boolean {
  const files = new Set([path, `${path}-wal`, `${path}-shm`]);
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((name) => files.has(linkOf(join(folder, name))));
  } catch {
    return false; // it has ended, or is another user's
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function serves(pid: number, path: string): boolean {
  try {
    if (!APP.test(readFileSync(`/proc/${pid}/cmdline`, "latin1"))) return false;
    const environment = new Map(
      readFileSync(`/proc/${pid}/environ`, "utf8")
        .split("\0")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
    );
    return databaseOf(environment) === path;
  } catch {
    return false; // as above
  }
}

const URLS = ["PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_ORION_DATABASE_CONNECTION_URL"];

function databaseOf(environment: ReadonlyMap<string, string>): string | undefined {
  const url = URLS.map((name) => environment.get(name)).find((value) => value);
  const home = environment.get("PREFECT_HOME") || join(environment.get("HOME") ?? "", ".prefect");
  const path = url === undefined ? join(home, "prefect.db") : /^sqlite\+aiosqlite:\/\/\/([^?]+)/.exec(url)?.[1];
  return path === undefined ? undefined : realpathSync(path);
}
