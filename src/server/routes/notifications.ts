// The notification policy routes.
import { timestampNow } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import * as wire from "#wire/notifications.ts";
import { checkFound, found } from "../http/found.ts";
import { handle, type Route } from "../http/route.ts";
import type { ServerContext } from "../kernel/context.ts";
import { changingRecords } from "../kernel/event-hub.ts";
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
  const changing = changingRecords(events);
  return [
    handle(wire.createNotificationPolicy, ({ body }, { write }) =>
      write(changing((tx) => store.insertPolicy(tx, timestampNow(clock), body))),
    ),
    handle(wire.readNotificationPolicy, async ({ params }) =>
      found(await db.read((q) => store.readPolicy(q, params.id)), NOT_FOUND),
    ),
    handle(wire.updateNotificationPolicy, ({ params, body }, { write }) =>
      write(
        changing((tx) => checkFound(store.updatePolicy(tx, timestampNow(clock), params.id, body), NOT_FOUND_TO_CHANGE)),
      ),
    ),
    handle(wire.deleteNotificationPolicy, ({ params }, { write }) =>
      write(changing((tx) => checkFound(store.deletePolicy(tx, params.id), NOT_FOUND))),
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
