// Finds the server of a home by the note that it left there.
import { readServerNote } from "#client/server-note.ts";
import { isAlive } from "#lib/process/process-alive.ts";

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
    return undefined; // no server answers
  }
}
