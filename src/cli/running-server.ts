// The note a server leaves in its home, so that commands of the same home find it.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, tryParseJson } from "#lib/json.ts";

interface Note {
  url: string;
  pid: number;
}

function pathOf(home: string): string {
  return join(home, "server.json");
}

export function noteServer(home: string, url: string): void {
  const draft = `${pathOf(home)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ url, pid: process.pid } satisfies Note), { mode: 0o600 });
  renameSync(draft, pathOf(home));
}

/** Removes our own note only: another server may have taken over the home. */
export function forgetServer(home: string): void {
  if (readNote(home)?.pid === process.pid) rmSync(pathOf(home), { force: true });
}

/** The address of the server of this home if its process lives. A note left by a killed one counts for nothing. */
export function findServer(home: string): string | undefined {
  const note = readNote(home);
  return note && isAlive(note.pid) ? note.url : undefined;
}

/**
 * The same, asked whether it takes connections: in a container a killed server's process id soon belongs to another
 * process, or to this one.
 */
export async function listeningServer(home: string): Promise<string | undefined> {
  const url = findServer(home);
  if (url === undefined) return undefined;
  const { hostname, port } = new URL(url);
  try {
    const connecting = { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || 80, socket: { data() {} } };
    (await Bun.connect(connecting)).end();
    return url;
  } catch {
    return undefined; // nobody is there
  }
}

function readNote(home: string): Note | undefined {
  try {
    const note = tryParseJson(readFileSync(pathOf(home), "utf8"));
    if (
      !isObject(note) ||
      typeof note["url"] !== "string" ||
      !URL.canParse(note["url"]) ||
      typeof note["pid"] !== "number"
    )
      return undefined;
    return { url: note["url"], pid: note["pid"] };
  } catch {
    return undefined; // there is none
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
