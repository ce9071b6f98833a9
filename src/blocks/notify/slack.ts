// Slack's incoming webhooks, and those of others that take the same: Mattermost, Rocket.Chat, Discord at `/slack`.
import { chosen, needed } from "./block-data.ts";
import { cutOff, type Notifier } from "./notifier.ts";
import { postJson } from "./post.ts";

const COLORS = {
  prefect_default: "#8c8c8c",
  info: "#2f80ed",
  success: "#27ae60",
  warning: "#f2c94c",
  failure: "#eb5757",
} as const;
const KINDS = ["prefect_default", "info", "success", "warning", "failure"] as const;

/** Longer ones are cut off by Slack itself, in the middle of a link. */
const MOST_TEXT = 35_000;

export const sendToSlack: Notifier = async (block, { subject, body }, outside) => {
  const title = escaped(subject);
  const text = cutOff(escaped(body), MOST_TEXT);
  const color = COLORS[chosen(block, "notify_type", KINDS)];
  const attachment = { fallback: title || text, title, text, color, mrkdwn_in: ["text"] };
  await postJson(outside, needed(block, "url"), { attachments: [attachment] });
};

/** The three characters that mean something to Slack. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
