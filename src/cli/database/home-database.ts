// The database of the home, as its commands see it, and the key that its blocks are sealed with.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readServerNote } from "#client/server-note.ts";
import { lockHome } from "#db/home/home-lock.ts";
import { OrchError } from "#lib/errors.ts";
import type { Settings } from "#settings/table.ts";
import { listeningServer } from "../server/running-server.ts";

export interface HomeDatabase {
  path: string;
  keyPath: string;
}

export function homeDatabase({ ORCH_HOME }: Pick<Settings, "ORCH_HOME">): HomeDatabase {
  return { path: join(ORCH_HOME, "orch.db"), keyPath: join(ORCH_HOME, "encryption.key") };
}

/** Throws `not_found` when there is none: looking must not make one. */
export function existingDatabase(settings: Pick<Settings, "ORCH_HOME">): HomeDatabase {
  const found = homeDatabase(settings);
  if (existsSync(found.path)) return found;
  const sentence = `There is no database yet: '${found.path}' is made by the first command that needs it.`;
  throw new OrchError("not_found", sentence);
}

/** What works on the database alone. */
export interface Alone {
  /** The words of the command, for the sentence that refuses others meanwhile. */
  work: string;
  /** Completes the sentence that refuses it while a server is running. */
  why: string;
}

/** Does `task` while no server of the home runs, and none starts. Throws `conflict`, with who has the home, where that cannot be had. */
export async function aloneInHome<T>(
  { ORCH_HOME }: Pick<Settings, "ORCH_HOME">,
  { work, why }: Alone,
  task: () => Promise<T>,
): Promise<T> {
  const url = await listeningServer(ORCH_HOME);
  if (url !== undefined) {
    const running = `The server of this home is running at ${url}, as process ${readServerNote(ORCH_HOME)?.pid}`;
    throw new OrchError("conflict", `${running}: stop it first, with 'orch server stop'. ${why}`);
  }
  const release = lockHome(ORCH_HOME, { work });
  try {
    return await task();
  } finally {
    release();
  }
}

/** `20261123-201500-042`: the order of names is the order of time. */
export function stampOf(millis: number): string {
  const digits = new Date(millis).toISOString().replace(/\D/g, "");
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${digits.slice(14)}`;
}
