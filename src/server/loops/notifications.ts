// Sends what the queue holds: of each policy one after the other, oldest first, of several policies at once, so that a
// service that does not answer holds up only its own. A failure is logged and not tried again. Who is cut off while it
// sends leaves the row behind, which is sent again once its claim is over: rather twice than never.
import type { Outside } from "#blocks/notify/notifier.ts";
import { timestampNow } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { ServerContext } from "../kernel/context.ts";
import { deliver } from "../notifications/delivery.ts";
import { messageAbout } from "../notifications/message.ts";
import {
  claimNotification,
  type Notification,
  policiesWithNews,
  releaseNotification,
  removeNotification,
} from "../notifications/queue.ts";
import { logFailure } from "./failures.ts";
import { listening } from "./listening.ts";

const LOOP_MS = 4_000;
/** Policies served at once. */
const MOST_AT_ONCE = 8;
/** Longer than a delivery takes. */
const CLAIM_MS = 60_000;
/** What is under way when the server stops may take this long. */
const GRACE_MS = 2_000;

export interface Notifications extends Loop {
  /** Sends all there is; gives the number of messages that were taken. */
  runOnce(): Promise<number>;
}

export function createNotifications(context: ServerContext, fetch: Outside["fetch"] = globalThis.fetch): Notifications {
  const { db, clock, events, log } = context;
  const sending = new Map<string, Promise<number>>();
  const stopping = new AbortController();
  const cutting = new AbortController();

  /** Starts on the policies that no other pass works on. */
  async function look(): Promise<void> {
    for (const policy of await db.read((q) => policiesWithNews(q, timestampNow(clock)))) {
      if (stopping.signal.aborted || sending.size >= MOST_AT_ONCE) return;
      if (sending.has(policy)) continue;
      const done = sendAll(policy).finally(() => sending.delete(policy));
      sending.set(policy, done);
      done.then(
        () => loop.wake(),
        (error) => log(`Sending notifications failed: ${messageOf(error)}`),
      );
    }
  }

  async function sendAll(policy: string): Promise<number> {
    let sent = 0;
    while (!stopping.signal.aborted) {
      const now = clock.now();
      const [from, until] = [toTimestamp(now), toTimestamp(now + CLAIM_MS)];
      const next = await db.write((tx) => claimNotification(tx, policy, from, until));
      if (!next) break;
      if (await sendOne(next)) sent += 1;
    }
    return sent;
  }

  async function sendOne(notification: Notification): Promise<boolean> {
    const { id, flow_run_id, flow_run_notification_policy_id: policy } = notification;
    try {
      const body = messageAbout(notification, context);
      await deliver(context, notification.block_document_id, body, { fetch, signal: cutting.signal });
    } catch (error) {
      if (cutting.signal.aborted) {
        await db.write((tx) => releaseNotification(tx, id));
        return false;
      }
      log(`The notification of policy ${policy} about flow run ${flow_run_id} was not sent: ${messageOf(error)}`);
      await db.write((tx) => removeNotification(tx, id));
      return false;
    }
    await db.write((tx) => removeNotification(tx, id));
    return true;
  }

  const loop = createLoop({
    clock,
    delay: () => LOOP_MS,
    runOnce: look,
    onError: logFailure(log, "Looking for notifications failed"),
  });
  const heard = listening(loop, events, (event) => {
    if (event.type === "notification-queued") loop.wake();
  });
  return {
    ...heard,
    async runOnce() {
      let sent = 0;
      for (;;) {
        await look();
        if (sending.size === 0) return sent;
        for (const count of await Promise.all(sending.values())) sent += count;
      }
    },
    async stop() {
      stopping.abort();
      await heard.stop();
      const over = new AbortController();
      const all = Promise.allSettled(sending.values()).then(() => over.abort());
      await clock.sleep(sending.size === 0 ? 0 : GRACE_MS, over.signal);
      cutting.abort();
      await all;
    },
  };
}
