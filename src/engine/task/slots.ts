// Queues task runs that wait for a slot of their tags. Of one process one asks at a time for the same tags, the others wait
// behind it: a thousand cost no more than one. Loaded by the first that has to wait.
import { OrchError } from "#lib/errors.ts";
import { getFreeSlots } from "#wire/long-polls.ts";
import { retryingClient } from "../session/retrying-client.ts";
import type { Session } from "../session/session.ts";

type Waiting = Pick<Session, "client" | "clock" | "slotQueues">;

export interface SlotQueueEntry {
  /** Resolves when it is worth asking again, after `seconds` at the latest. Throws when the signal has aborted. */
  wait(seconds: number): Promise<void>;
  /** Lets the next one ask. */
  leave(): void;
}

export function joinSlotQueue(session: Waiting, tags: readonly string[], signal: AbortSignal): SlotQueueEntry {
  let leaveQueue: (() => void) | undefined;
  return {
    async wait(seconds) {
      leaveQueue ??= await headOfQueue(session.slotQueues, JSON.stringify(tags.toSorted()));
      signal.throwIfAborted();
      await freeSlot(session, tags, seconds, signal);
      signal.throwIfAborted();
    },
    leave: () => leaveQueue?.(),
  };
}

/** Resolves when those in front have left; gives the way to leave. */
async function headOfQueue(queues: Map<string, Promise<void>>, key: string): Promise<() => void> {
  const mine = Promise.withResolvers<void>();
  const before = queues.get(key) ?? Promise.resolve();
  const end = before.then(() => mine.promise);
  queues.set(key, end);
  await before;
  return () => {
    mine.resolve();
    if (queues.get(key) === end) queues.delete(key);
  };
}

async function freeSlot(
  session: Waiting,
  tags: readonly string[],
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const client = retryingClient({ ...session, signal });
  try {
    await client.call(getFreeSlots, { body: { tags: [...tags] } }, { waitSeconds: seconds });
  } catch (error) {
    // An old server, which knows no such route.
    if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    await session.clock.sleep(seconds * 1000, signal);
  }
}
