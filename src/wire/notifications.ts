// Notification policies: which states of which flow runs are sent, and where to.
import * as v from "valibot";
import { messageOf } from "#lib/errors.ts";
import { parseFormat } from "#lib/text/format-text.ts";
import { creating, endpoint, type Out, shape, strictShape } from "./endpoint.ts";
import { notificationPolicyFilter, page, reading } from "./filters.ts";
import { bool, keptUnlessSent, list, maybe, orDefault, primitive, stored, text, uuid } from "./primitives.ts";
import { ACTS } from "./repeat.ts";

/** What a message may name in braces. */
export const MESSAGE_NAMES = [
  "flow_run_notification_policy_id",
  "flow_id",
  "flow_name",
  "flow_run_url",
  "flow_run_id",
  "flow_run_name",
  "flow_run_parameters",
  "flow_run_state_type",
  "flow_run_state_name",
  "flow_run_state_timestamp",
  "flow_run_state_message",
] as const;
export type MessageName = (typeof MESSAGE_NAMES)[number];

const isMessageName = (name: string) => MESSAGE_NAMES.some((known) => known === name);

function messageTemplate(): v.GenericSchema<string> {
  return primitive({ type: "string" }, (input) => {
    if (typeof input !== "string") return { message: "str type expected", type: "type_error.str" };
    const wrong = mistakeIn(input);
    return wrong === undefined ? { value: input } : { message: wrong, type: "value_error" };
  });
}

function mistakeIn(template: string): string | undefined {
  try {
    const unknown = parseFormat(template).find((piece) => typeof piece !== "string" && !isMessageName(piece.name));
    return typeof unknown === "object" ? `Invalid template variable provided: '${unknown.name}'` : undefined;
  } catch (error) {
    return messageOf(error);
  }
}

export const notificationPolicy = shape(() => ({
  ...stored(),
  is_active: orDefault(bool(), () => true),
  state_names: list(text()),
  tags: list(text()),
  block_document_id: uuid(),
  message_template: maybe(text()),
}));
export type NotificationPolicy = Out<typeof notificationPolicy>;

export const notificationPolicyCreate = strictShape(() => ({
  is_active: orDefault(bool(), () => true),
  state_names: list(text()),
  tags: list(text()),
  block_document_id: uuid(),
  message_template: maybe(messageTemplate()),
}));
export type NotificationPolicyCreate = Out<typeof notificationPolicyCreate>;

/** Only what is sent is changed. */
export const notificationPolicyUpdate = strictShape(() => ({
  is_active: keptUnlessSent(bool()),
  state_names: keptUnlessSent(list(text())),
  tags: keptUnlessSent(list(text())),
  block_document_id: keptUnlessSent(uuid()),
  message_template: v.optional(v.nullable(messageTemplate())),
}));
export type NotificationPolicyUpdate = Out<typeof notificationPolicyUpdate>;

export const createNotificationPolicy = creating(
  "/flow_run_notification_policies/",
  notificationPolicyCreate,
  notificationPolicy,
);
export const readNotificationPolicy = endpoint("GET", "/flow_run_notification_policies/{id}", {
  response: notificationPolicy,
});
export const updateNotificationPolicy = endpoint("PATCH", "/flow_run_notification_policies/{id}", {
  body: notificationPolicyUpdate,
});
export const deleteNotificationPolicy = endpoint("DELETE", "/flow_run_notification_policies/{id}");
export const listNotificationPolicies = reading(
  "/flow_run_notification_policies/filter",
  () => ({ ...page(), flow_run_notification_policy_filter: maybe(notificationPolicyFilter()) }),
  () => list(notificationPolicy()),
);

/** Of orch alone: sends a message about a run that never was. Whether it was taken is the answer, not a failure. */
export const testNotification = endpoint("POST", "/orch/notifications/test", {
  repeat: ACTS,
  body: strictShape(() => ({ block_document_id: uuid(), message_template: maybe(messageTemplate()) })),
  response: shape(() => ({ sent: bool(), reason: maybe(text()) })),
});
