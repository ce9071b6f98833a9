// Removes snapshots that no deployment needs. Cut off anywhere, it leaves a whole snapshot or none under a snapshot's name; called
// from many processes at once, it does the same as from one.
import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "#client/client.ts";
import type { Clock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { listDeployments } from "#wire/deployments/deployments.ts";
import { touchSnapshot, usesElsewhere } from "./snapshot-use.ts";

export interface CollectOptions {
  storageRoot: string;
  clock: Clock;
  /** Snapshots wanted within this time are kept: a build may not be registered yet, a run may be copying its code. */
  keepSeconds: number;
  /** Who needs snapshots is asked when one is older than this: those that are needed are young again then. */
  renewSeconds: number;
  /** The API of this home, opened only when there may be something to remove. */
  openHome: <T>(use: (client: Client) => Promise<T>) => Promise<T>;
}

const SNAPSHOT = /^[0-9a-f]{64}$/;
const DRAFT = /^\.draft-/;
/** Whole, on the way out; and then no more. */
const LEAVING = /^\.leaving-([0-9a-f]{64})\./;
const RUBBISH = /^\.rubbish-/;
/** No upload takes longer. */
const DRAFT_SECONDS = 86_400;
const PAGE = 200;

/** Gives the number of snapshots removed. */
export async function collectSnapshots(options: CollectOptions): Promise<number> {
  const snapshots = join(options.storageRoot, "snapshots");
  const now = options.clock.now();
  const isOlder = (name: string, seconds: number) => {
    const wanted = statSync(join(snapshots, name), { throwIfNoEntry: false })?.mtimeMs;
    return wanted !== undefined && now - wanted > seconds * 1000;
  };
  for (const name of namesIn(snapshots)) {
    // Its remover was killed before it could make sure.
    if (LEAVING.test(name)) bringBack(snapshots, name);
    if (RUBBISH.test(name) || (DRAFT.test(name) && isOlder(name, DRAFT_SECONDS))) remove(snapshots, name);
  }
  const elsewhere = new Set(usesElsewhere(snapshots).map(({ snapshot }) => snapshot));
  const mayBeLeft = (name: string) => SNAPSHOT.test(name) && !elsewhere.has(name);
  const old = namesIn(snapshots).filter((name) => mayBeLeft(name) && isOlder(name, options.renewSeconds));
  if (old.length === 0) return 0;
  const needed = await options.openHome(neededSnapshots);
  for (const name of old) if (needed.has(name)) touchSnapshot(join(snapshots, name));
  const isStale = (name: string) => isOlder(name, options.keepSeconds);
  return old.filter((name) => isStale(name) && takeAway(snapshots, name, isStale)).length;
}

/** Forgets that a server elsewhere uses snapshots, once its deployments name them no more. */
export async function forgetElsewhere(storageRoot: string, client: Client): Promise<void> {
  const told = usesElsewhere(join(storageRoot, "snapshots")).filter(({ api }) => api === client.description);
  if (told.length === 0) return;
  const needed = await neededSnapshots(client);
  for (const use of told) if (!needed.has(use.snapshot)) use.forget();
}

/** By name: a path may lead to the same place in more than one way. A run takes its code from what its deployment names. */
async function neededSnapshots(client: Client): Promise<Set<string>> {
  const needed = new Set<string>();
  for (let offset = 0; ; offset += PAGE) {
    const page = await client.call(listDeployments, { body: { limit: PAGE, offset } });
    for (const { path } of page) for (const name of path?.split("/") ?? []) if (SNAPSHOT.test(name)) needed.add(name);
    if (page.length < PAGE) return needed;
  }
}

/**
 * Who wants a snapshot sets its time under its name (`touchSnapshot`): before the first rename, and then it is seen to be
 * wanted and comes back; or after it, and then it is not there for them, and they make it again.
 */
function takeAway(snapshots: string, name: string, isStale: (name: string) => boolean): boolean {
  const leaving = `.leaving-${name}.${newId()}`;
  if (!moved(snapshots, name, leaving)) return false;
  if (!isStale(leaving)) {
    bringBack(snapshots, leaving);
    return false;
  }
  const rubbish = `.rubbish-${newId()}`;
  if (!moved(snapshots, leaving, rubbish)) return false;
  remove(snapshots, rubbish);
  return true;
}

function bringBack(snapshots: string, leaving: string): void {
  const name = LEAVING.exec(leaving)?.[1] ?? leaving;
  // Another process has made it again: one is enough.
  if (!moved(snapshots, leaving, name)) moved(snapshots, leaving, `.rubbish-${newId()}`);
}

/** False when another process was first, or the place is taken. */
function moved(snapshots: string, from: string, to: string): boolean {
  try {
    renameSync(join(snapshots, from), join(snapshots, to));
    return true;
  } catch {
    return false;
  }
}

function remove(snapshots: string, name: string): void {
  rmSync(join(snapshots, name), { recursive: true, force: true });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // nothing was ever packed
  }
}
