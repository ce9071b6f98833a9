// Locks a home: one server, or one command that works on its database, also where the other cannot be seen: in a container on the same volume.
import { readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { lockFile } from "#lib/files/file-lock.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { PRIVATE_FILE } from "#lib/files/private.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { processSpace } from "#lib/process/process-stat.ts";

const LOCK = "server.lock";
const HOLDER = "server.lock.json";

/** A server that was asked to stop may still be closing its database. */
const PATIENCE_MS = 2000;

/** Left beside the lock, for the sentence that refuses others. Without a lock that is held it means nothing. */
interface Holder {
  /** What has the home: a server, or the words of a command, such as `orch adopt`. */
  work: string;
  pid: number;
  host: string;
  /** Where the process id counts: containers on one host may share its name. */
  space: string;
}

export const SERVER = "server";

export interface LockOptions {
  /** SERVER, or the words of a command. */
  work: string;
  /** Default: 2 seconds. */
  patienceMs?: number;
}

/**
 * Holds the lock until the returned function is called or the process ends, however it does. A file system without locks lets
 * everything in, and a home that cannot be written, which the database reports. Throws `conflict`, with the holder's process and
 * how to end it, when another has it for longer than `patienceMs`.
 */
export function lockHome(home: string, { work, patienceMs = PATIENCE_MS }: LockOptions): () => void {
  const release = lockFile(join(home, LOCK), patienceMs);
  if (release === "impossible") return () => {};
  if (release === "taken") throw new OrchError("conflict", refusal(home, readHolder(home)));
  noteHolder(home, { work, pid: process.pid, host: hostname(), space: processSpace() });
  return () => {
    forgetHolder(home);
    release();
  };
}

/** On a full disk there is no note, rather than that of an earlier holder. */
function noteHolder(home: string, holder: Holder): void {
  forgetHolder(home);
  try {
    writeWhole(join(home, HOLDER), JSON.stringify(holder), { mode: PRIVATE_FILE });
  } catch {
    // The lock holds without it.
  }
}

function forgetHolder(home: string): void {
  try {
    rmSync(join(home, HOLDER), { force: true });
  } catch {
    // The home was taken away, or its rights were.
  }
}

function readHolder(home: string): Holder | undefined {
  try {
    const note = tryParseJson(readFileSync(join(home, HOLDER), "utf8"));
    if (!isObject(note)) return undefined;
    const { work, pid, host, space } = note;
    if (typeof work !== "string" || typeof pid !== "number" || typeof host !== "string" || typeof space !== "string")
      return undefined;
    return { work, pid, host, space };
  } catch {
    return undefined; // it has just taken the lock, or could not leave one
  }
}

function refusal(home: string, holder: Holder | undefined): string {
  const orElse = "or set ORCH_HOME to another home.";
  if (holder === undefined) return `Another orch has the home '${home}': stop it, ${orElse}`;
  const { work, pid, host, space } = holder;
  const isHere = host === hostname() && space === processSpace();
  const place = isHere ? `process ${pid}` : `process ${pid} in another container or on another machine, '${host}'`;
  if (work !== SERVER) {
    return `'${work}' works on the home '${home}', as ${place}: wait until it has ended, ${orElse}`;
  }
  const stop = `stop it${isHere ? "" : " there"} with 'orch server stop', or 'kill ${pid}' while it starts`;
  return `A server has the home '${home}', as ${place}: ${stop}, ${orElse}`;
}
