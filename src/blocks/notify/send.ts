// Sends a message by a block of any type that can.
import { messageOf, OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { secretTexts } from "../secrets.ts";
import { sendByMail } from "./email.ts";
import { sendToMattermost } from "./mattermost.ts";
import type { Message, Notifier, Outside } from "./notifier.ts";
import { sendToOpsgenie } from "./opsgenie.ts";
import { sendToPagerDuty } from "./pager-duty.ts";
import { sendToSlack } from "./slack.ts";
import { sendToTeams } from "./teams.ts";
import { sendByTwilio } from "./twilio.ts";
import { sendToCustomWebhook, sendToWebhook } from "./webhook.ts";

const NOTIFIERS: ReadonlyMap<string, Notifier> = new Map([
  ["slack-webhook", sendToSlack],
  ["ms-teams-webhook", sendToTeams],
  ["mattermost-webhook", sendToMattermost],
  ["pager-duty-webhook", sendToPagerDuty],
  ["twilio-sms", sendByTwilio],
  ["opsgenie-webhook", sendToOpsgenie],
  ["webhook", sendToWebhook],
  ["custom-webhook", sendToCustomWebhook],
  ["email", sendByMail],
]);

/** The slugs of the block types that can send. */
export const SENDERS: readonly string[] = [...NOTIFIERS.keys()];

export interface SendingBlock {
  slug: string;
  /** Of its schema: they name the secrets. */
  fields: JsonObject;
  data: JsonObject;
}

/** Throws an error whose sentence names no secret of the block. */
export async function sendMessage(
  { slug, fields, data }: SendingBlock,
  message: Message,
  outside: Outside,
): Promise<void> {
  const send = NOTIFIERS.get(slug);
  if (!send) throw new OrchError("invalid", `A block of type '${slug}' cannot send messages.`);
  try {
    await send(data, message, outside);
  } catch (error) {
    const code = error instanceof OrchError ? error.code : "internal";
    // Without the cause: it would bring the address back.
    throw new OrchError(code, withoutSecrets(messageOf(error), secretTexts(data, fields)));
  }
}

/** A service may repeat what it was sent. Shorter ones are words that stand in any sentence. */
const LEAST_SECRET = 6;

function withoutSecrets(sentence: string, secrets: readonly string[]): string {
  const long = secrets.filter((secret) => secret.length >= LEAST_SECRET);
  return long.reduce((text, secret) => text.replaceAll(secret, "********"), sentence);
}
