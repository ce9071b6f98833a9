// Blocks that send messages about runs.
import type { JsonObject } from "#lib/json.ts";
import { type BlockTypeDefinition, blockFields } from "./block-type.ts";
import { choice, flag, integer, object, pairs, secretText, text, texts } from "./fields.ts";

const KINDS = ["info", "success", "warning", "failure"] as const;
export const SMTP_TYPES = ["STARTTLS", "SSL", "INSECURE"] as const;
const NOTIFY_TYPE = choice("Notify Type", ["prefect_default", ...KINDS]);

function notifier(
  [slug, name, title]: [slug: string, name: string, title: string],
  place: string,
  properties: JsonObject,
  secrets: { required: string[]; secret: string[] },
): BlockTypeDefinition {
  const description = `Sends messages ${place}.`;
  const fields = blockFields(title, { notify_type: NOTIFY_TYPE, ...properties }, secrets);
  return { slug, name, description, is_protected: false, capabilities: ["notify"], fields };
}

/** A list of anything. */
const items = (title: string): JsonObject => ({ title, type: "array", items: {} });

const WEBHOOK = { url: secretText("Webhook URL") };
const URL_IS_SECRET = { required: ["url"], secret: ["url"] };

export const slackWebhook = notifier(
  ["slack-webhook", "Slack Webhook", "SlackWebhook"],
  "to a Slack channel",
  WEBHOOK,
  URL_IS_SECRET,
);

export const teamsWebhook = notifier(
  ["ms-teams-webhook", "Microsoft Teams Webhook", "MicrosoftTeamsWebhook"],
  "to a Microsoft Teams channel",
  WEBHOOK,
  URL_IS_SECRET,
);

export const mattermostWebhook = notifier(
  ["mattermost-webhook", "Mattermost Webhook", "MattermostWebhook"],
  "to Mattermost",
  {
    hostname: text("Hostname"),
    token: secretText("Token"),
    botname: text("Bot name"),
    channels: texts("Channels"),
    include_image: flag("Include Image", false),
    path: text("Path"),
    port: integer("Port", 8065),
  },
  { required: ["hostname", "token"], secret: ["token"] },
);

export const opsgenieWebhook = notifier(
  ["opsgenie-webhook", "Opsgenie Webhook", "OpsgenieWebhook"],
  "to Opsgenie",
  {
    apikey: secretText("API Key"),
    target_user: items("Target User"),
    target_team: items("Target Team"),
    target_schedule: items("Target Schedule"),
    target_escalation: items("Target Escalation"),
    region_name: choice("Region Name", ["us", "eu"]),
    batch: flag("Batch", false),
    tags: items("Tags"),
    // A number as the default of a text: as the old server has it.
    priority: { title: "Priority", default: 3, type: "string" },
    alias: text("Alias"),
    entity: text("Entity"),
    details: pairs("Details"),
  },
  { required: ["apikey"], secret: ["apikey"] },
);

export const pagerDutyWebhook = notifier(
  ["pager-duty-webhook", "Pager Duty Webhook", "PagerDutyWebHook"],
  "to PagerDuty",
  {
    notify_type: choice("Notify Type", KINDS),
    integration_key: secretText("Integration Key"),
    api_key: secretText("API Key"),
    source: text("Source", { default: "Prefect" }),
    component: text("Component", { default: "Notification" }),
    group: text("Group"),
    class_id: text("Class ID"),
    region_name: choice("Region Name", ["us", "eu"]),
    clickable_url: text("Clickable URL", { minLength: 1, maxLength: 65536, format: "uri" }),
    include_image: flag("Include Image", true),
    custom_details: pairs("Custom Details"),
  },
  { required: ["integration_key", "api_key"], secret: ["integration_key", "api_key"] },
);

export const twilioSms = notifier(
  ["twilio-sms", "Twilio SMS", "TwilioSMS"],
  "as text messages",
  {
    account_sid: text("Account Sid"),
    auth_token: secretText("Auth Token"),
    from_phone_number: text("From Phone Number"),
    to_phone_numbers: texts("To Phone Numbers"),
  },
  { required: ["account_sid", "auth_token", "from_phone_number", "to_phone_numbers"], secret: ["auth_token"] },
);

/** Of orch alone: the old server had none that sends mail. Fields are named as in its collection for mail. */
export const email: BlockTypeDefinition = {
  slug: "email",
  name: "Email",
  description: "Sends messages by mail.",
  is_protected: false,
  capabilities: ["notify"],
  fields: blockFields(
    "Email",
    {
      smtp_server: text("SMTP Server"),
      smtp_type: choice("SMTP Type", SMTP_TYPES),
      smtp_port: integer("SMTP Port"),
      username: text("Username"),
      password: secretText("Password"),
      verify: flag("Verify Certificate", true),
      email_from: text("From"),
      email_to: texts("To"),
    },
    { required: ["smtp_server", "email_to"], secret: ["password"] },
  ),
};

/** Of later releases of the old system: its fields are theirs. */
export const customWebhook: BlockTypeDefinition = {
  slug: "custom-webhook",
  name: "Custom Webhook",
  description: "Sends messages to any web address, in any format.",
  is_protected: false,
  capabilities: ["notify"],
  fields: blockFields(
    "CustomWebhook",
    {
      name: text("Name"),
      url: secretText("Webhook URL"),
      method: choice("Method", ["GET", "POST", "PUT", "PATCH", "DELETE"], "POST"),
      params: pairs("Query Parameters"),
      json_data: object("JSON Data"),
      form_data: pairs("Form Data"),
      headers: pairs("Headers"),
      cookies: pairs("Cookies"),
      secrets: object("Custom Secrets"),
    },
    { required: ["url"], secret: ["url", "headers.*", "cookies.*", "secrets.*"] },
  ),
};
