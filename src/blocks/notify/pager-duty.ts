// PagerDuty's events API, version 2: every message triggers an event.
import { chosen, needed, optional, pairsIn } from "./block-data.ts";
import { cutOff, type Notifier, oneText } from "./notifier.ts";
import { postJson } from "./post.ts";

const ADDRESS = {
  us: "https://events.pagerduty.com/v2/enqueue",
  eu: "https://events.eu.pagerduty.com/v2/enqueue",
} as const;
const SEVERITY = { info: "info", success: "info", warning: "warning", failure: "critical" } as const;
const MOST_SUMMARY = 1_024;

export const sendToPagerDuty: Notifier = async (block, message, outside) => {
  const group = optional(block, "group");
  const kind = optional(block, "class_id");
  const link = optional(block, "clickable_url");
  const details = pairsIn(block, "custom_details");
  const event = {
    routing_key: needed(block, "integration_key"),
    event_action: "trigger",
    client: "orch",
    payload: {
      summary: cutOff(oneText(message), MOST_SUMMARY),
      severity: SEVERITY[chosen(block, "notify_type", ["info", "success", "warning", "failure"])],
      source: optional(block, "source") ?? "Prefect",
      component: optional(block, "component") ?? "Notification",
      ...(group === undefined ? {} : { group }),
      ...(kind === undefined ? {} : { class: kind }),
      ...(Object.keys(details).length === 0 ? {} : { custom_details: details }),
    },
    ...(link === undefined ? {} : { links: [{ href: link }] }),
  };
  const authorization = `Token token=${needed(block, "api_key")}`;
  await postJson(outside, ADDRESS[chosen(block, "region_name", ["us", "eu"])], event, { authorization });
};
