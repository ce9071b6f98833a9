// Task runs that wait for a slot of their tags. Of one process one asks at a time for the same tags, the others stand in
// line behind it: a thousand that wait cost no more than one. Loaded by the first that has to wait.
import { OrchError } from "#lib/errors.ts";
import { getFreeSlots } from "#wire/changes.ts";
import { patientClient } from "../patient-client.ts";
import type { Session } from "../session.ts";

type Waiting = Pick<Session, "client" | "clock" | "slotLines">;

export interface Place {
  /** Resolves when it is worth asking again, after `seconds` at the latest. Throws when the signal has aborted. */
  wait(seconds: number): Promise<void>;
  /** Lets the next one ask. */
  leave(): void;
}

export function placeInLine(session: Waiting, tags: readonly string[], signal: AbortSignal): Place {
  let leaveLine: (() => void) | undefined;
  return {
    async wait(seconds) {
      leaveLine ??= await headOfLine(session.slotLines, JSON.stringify(tags.toSorted()));
      signal.throwIfAborted();
      await freeSlot(session, tags, seconds, signal);
      signal.throwIfAborted();
    },
    leave: () => leaveLine?.(),
  };
}

/** Resolves when those in front have left; gives the way to leave. */
async function headOfLine(lines: Map<string, Promise<void>>, key: string): Promise<() => void> {
  const mine = Promise.withResolvers<void>();
  const before = lines.get(key) ?? Promise.resolve();
  const end = before.then(() => mine.promise);
  lines.set(key, end);
  await before;
  return () => {
    mine.resolve();
    if (lines.get(key) === end) lines.delete(key);
  };
}

async function freeSlot(
  session: Waiting,
  tags: readonly string[],
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const client = patientClient({ ...session, signal });
  try {
    await client.call(getFreeSlots, { body: { tags: [...tags] } }, { waitSeconds: seconds });
  } catch (error) {
    // An old server, which knows no such route.
    if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    await session.clock.sleep(seconds * 1000, signal);
  }
}
