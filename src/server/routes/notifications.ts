// The notification policy routes.
import type { Tx } from "#db/connect.ts";
import { timestampNow } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import * as wire from "#wire/notifications.ts";
import { checkFound, found } from "../http/found.ts";
import { handle, type RequestInfo, type Route } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import { pageOf } from "../kernel/paging.ts";
import { deliver } from "../notifications/delivery.ts";
import { sampleMessage } from "../notifications/message.ts";
import * as store from "../notifications/store.ts";

const NOT_FOUND = "flow run notification policy not found";
/** Word for word the old server's answer to a change: it prints a function in place of the id. */
const NOT_FOUND_TO_CHANGE = "Flow run notification policy <built-in function id> not found";
/** The answer to a repeat that comes before the end. */
const BEING_SENT = { sent: false, reason: "It is being sent, or the server was stopped meanwhile." };

export function notificationRoutes(context: ServerContext): Route[] {
  const { db, clock, settings, events } = context;
  /** The event stream looks again. */
  const change = <T>({ write }: RequestInfo, work: (tx: Tx) => T) =>
    write((tx) => {
      tx.afterCommit(() => events.publish({ type: "record-changed" }));
      return work(tx);
    });
  return [
    handle(wire.createNotificationPolicy, ({ body }, request) =>
      change(request, (tx) => store.insertPolicy(tx, timestampNow(clock), body)),
    ),
    handle(wire.readNotificationPolicy, async ({ params }) =>
      found(await db.read((q) => store.readPolicy(q, params.id)), NOT_FOUND),
    ),
    handle(wire.updateNotificationPolicy, ({ params, body }, request) =>
      change(request, (tx) =>
        checkFound(store.updatePolicy(tx, timestampNow(clock), params.id, body), NOT_FOUND_TO_CHANGE),
      ),
    ),
    handle(wire.deleteNotificationPolicy, ({ params }, request) =>
      change(request, (tx) => checkFound(store.deletePolicy(tx, params.id), NOT_FOUND)),
    ),
    handle(wire.listNotificationPolicies, ({ body }) =>
      db.read((q) => store.listPolicies(q, body.flow_run_notification_policy_filter, pageOf(body, settings))),
    ),
    handle(wire.testNotification, async ({ body }, { write }) => {
      // Remembered first: a repeat sends no second message.
      await write(() => BEING_SENT);
      const failure = await deliver(
        context,
        body.block_document_id,
        sampleMessage(body.message_template, context),
      ).then(() => null, messageOf);
      return write(() => ({ sent: failure === null, reason: failure }));
    }),
  ];
}
