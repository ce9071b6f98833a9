// The note a server leaves in its home, so that commands of the same home find it.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { readServerNote, type ServerNote, serverNotePath } from "#client/server-note.ts";
import { isAlive } from "#lib/alive.ts";

export function noteServer(home: string, url: string): void {
  const draft = `${serverNotePath(home)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ url, pid: process.pid } satisfies ServerNote), { mode: 0o600 });
  renameSync(draft, serverNotePath(home));
}

/** Removes our own note only: another server may have taken over the home. */
export function forgetServer(home: string): void {
  if (readServerNote(home)?.pid === process.pid) rmSync(serverNotePath(home), { force: true });
}

/** The address of the server of this home if its process lives. A note left by a killed one counts for nothing. */
export function findServer(home: string): string | undefined {
  const note = readServerNote(home);
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
