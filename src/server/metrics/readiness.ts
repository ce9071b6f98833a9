// Whether the server can do its work, and if not, why: for programs that send it requests or restart it.
import { existsSync } from "node:fs";
import { messageOf } from "#lib/errors.ts";
import type { Loop } from "#lib/loop.ts";
import type { ServerContext } from "../kernel/context.ts";
import { databaseFile } from "./store.ts";

export interface NamedLoop {
  name: string;
  loop: Pick<Loop, "report">;
}

export interface ReadinessSources {
  context: Pick<ServerContext, "db" | "clock">;
  loops: readonly NamedLoop[];
  /** Rejects when what a server needs could not be put into its database. */
  prepared(): Promise<void>;
  stopping: AbortSignal;
}

/** A pass that is overdue or under way for so long is stuck. */
const PATIENCE_MS = 600_000;
/** Long enough for what is nearly done, short enough for who asks. */
const PREPARING_MS = 500;

/** What keeps the server from its work, as a sentence; `undefined` when nothing does. */
export function createReadiness({
  context,
  loops,
  prepared,
  stopping,
}: ReadinessSources): () => Promise<string | undefined> {
  const { db, clock } = context;

  async function preparation(): Promise<string | undefined> {
    const enough = new AbortController();
    const inTime = prepared().then(
      () => undefined,
      (error) => `The block types could not be registered: ${messageOf(error)}`,
    );
    const tooLong = clock.sleep(PREPARING_MS, enough.signal).then(() => "The block types are being registered.");
    try {
      return await Promise.race([inTime, tooLong]);
    } finally {
      enough.abort();
    }
  }

  async function database(): Promise<string | undefined> {
    try {
      const file = await db.read((q) => {
        q.get("select key from configuration limit 1");
        return databaseFile(q);
      });
      return file === "" || existsSync(file) ? db.trouble() : "The file of the database is gone.";
    } catch (error) {
      return `The database cannot be read: ${messageOf(error)}`;
    }
  }

  function work(): string | undefined {
    for (const { name, loop } of loops) {
      const { dueSince } = loop.report();
      if (dueSince === undefined) return `The loop '${name}' is not running.`;
      const late = clock.elapsed() - dueSince;
      if (late > PATIENCE_MS)
        return `The loop '${name}' is stuck: overdue, or in one pass, for ${Math.round(late / 1000)} s.`;
    }
    return undefined;
  }

  return async () => {
    if (stopping.aborted) return "The server is stopping.";
    return (await database()) ?? (await preparation()) ?? work();
  };
}
