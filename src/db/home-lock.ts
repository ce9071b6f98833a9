// One server for a home, also where the other one cannot be seen: in another container, on the same volume.
import { Database } from "bun:sqlite";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/private.ts";

const NAME = "server.lock";

/** A server that was asked to stop may still be closing its database. */
const PATIENCE_MS = 2000;

/**
 * Holds the lock until the returned function is called or the process ends, however it does. A file system without locks lets
 * every server in, and a home that cannot be written, which the database reports. Throws `conflict` when another server has it for longer than `patienceMs`.
 */
export function lockHome(home: string, patienceMs: number = PATIENCE_MS): () => void {
  const path = join(home, NAME);
  let lock: Database | undefined;
  try {
    mkdirSync(home, { recursive: true, mode: PRIVATE_FOLDER });
    lock = new Database(path, { create: true });
    chmodSync(path, PRIVATE_FILE);
    lock.run(`pragma busy_timeout = ${patienceMs}`);
    lock.run("begin exclusive"); // nothing is ever written: SQLite knows how to lock on every system
    return () => lock?.close();
  } catch (error) {
    lock?.close();
    if ((error as { code?: unknown }).code !== "SQLITE_BUSY") return () => {};
    const sentence = `Another server has the home '${home}': it runs in another container or on another machine, or is stopping.`;
    throw new OrchError("conflict", `${sentence} Stop it, or give this server its own home by ORCH_HOME.`);
  }
}
