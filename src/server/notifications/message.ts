// The message about a state: the policy's own, or the usual one.

import { readJson } from "#db/codecs.ts";
import { timestampNow } from "#lib/clock.ts";
import type { Json } from "#lib/json.ts";
import { fillFormat } from "#lib/text/format-text.ts";
import { pages } from "#lib/text/page-addresses.ts";
import { pythonRepr } from "#lib/text/python-repr.ts";
import { printTimestamp } from "#lib/time/timestamps.ts";
import type { MessageName } from "#wire/notifications.ts";
import type { ServerContext } from "../kernel/context.ts";
import type { Notification } from "./queue.ts";

export const SUBJECT = "Prefect flow run notification";

const USUAL = `{flow_name}/{flow_run_name} is \`{flow_run_state_name}\` since {flow_run_state_timestamp}.

Flow ID: {flow_id}
Flow run ID: {flow_run_id}
Flow run URL: {flow_run_url}
State message: {flow_run_state_message}
`;

type Place = Pick<ServerContext, "settings" | "address">;

export function messageAbout(notification: Notification, place: Place): string {
  const { flow_run_parameters, flow_run_state_message, flow_run_state_timestamp, message_template, ...rest } =
    notification;
  const values: Record<MessageName, string> = {
    ...rest,
    flow_run_url: `${uiAddress(place)}${pages.flowRun(notification.flow_run_id)}`,
    flow_run_parameters: pythonRepr(readJson<Json>(flow_run_parameters)), // a JSON column
    flow_run_state_timestamp: printTimestamp(flow_run_state_timestamp),
    flow_run_state_message: flow_run_state_message ?? "None",
  };
  return fillFormat(message_template ?? USUAL, values);
}

const NO_ID = "00000000-0000-0000-0000-000000000000";

/** What a policy would say of a run that never was. */
export function sampleMessage(message_template: string | null, context: Place & Pick<ServerContext, "clock">): string {
  const sample = {
    ...{ id: NO_ID, block_document_id: NO_ID, message_template, flow_run_notification_policy_id: NO_ID },
    ...{ flow_id: NO_ID, flow_name: "sample-flow", flow_run_id: NO_ID, flow_run_name: "sample-run" },
    ...{ flow_run_parameters: "{}", flow_run_state_name: "Completed" },
    flow_run_state_type: "COMPLETED",
    flow_run_state_message: "This is a test: no run has entered this state.",
  } as const;
  return messageAbout({ ...sample, flow_run_state_timestamp: timestampNow(context.clock) }, context);
}

/** Where the readers of a message find the pages. */
function uiAddress({ settings, address }: Place): string {
  const api = settings.ORCH_UI_API_URL ?? settings.ORCH_API_URL;
  return (settings.ORCH_UI_URL ?? api?.replace(/\/api\/?$/, "") ?? address()).replace(/\/$/, "");
}
