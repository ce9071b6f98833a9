// One server for a home, also where the other one cannot be seen: in another container, on the same volume.
import { Database } from "bun:sqlite";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { PRIVATE_FILE } from "#lib/private.ts";

const NAME = "server.lock";

/** A server that was asked to stop closes its database yet. */
const PATIENCE_MS = 2000;

/**
 * Holds the lock until the returned function is called or the process ends, however it does. A file system without locks lets
 * every server in. Throws `conflict` when another server has it for longer than `patienceMs`.
 */
export function lockHome(home: string, patienceMs: number = PATIENCE_MS): () => void {
  const path = join(home, NAME);
  let lock: Database | undefined;
  try {
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
