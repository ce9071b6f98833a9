// The database of the home, as its commands see it, and the key that its blocks are sealed with.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import type { Settings } from "#settings/table.ts";
import { listeningServer } from "../running-server.ts";

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

/** Throws `conflict` while a server of this home is running. `why` completes the sentence. */
export async function refuseWhileServing({ ORCH_HOME }: Pick<Settings, "ORCH_HOME">, why: string): Promise<void> {
  const url = await listeningServer(ORCH_HOME);
  if (url) throw new OrchError("conflict", `The server of this home is running at ${url}: stop it first. ${why}`);
}

/** `20261123-201500-042`: the order of names is the order of time. */
export function stampOf(millis: number): string {
  const digits = new Date(millis).toISOString().replace(/\D/g, "");
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${digits.slice(14)}`;
}
