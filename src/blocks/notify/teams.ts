// Microsoft Teams: an adaptive card, which both the workflow webhooks and the older connectors take.
import { OrchError } from "#lib/errors.ts";
import { needed } from "./block-data.ts";
import { cutOff, type Notifier } from "./notifier.ts";
import { postJson } from "./post.ts";

/** A card may have 28 KB with all that is around the text. */
const MOST_TEXT = 20_000;

export const sendToTeams: Notifier = async (block, { subject, body }, outside) => {
  const lines = cutOff(body, MOST_TEXT).split("\n");
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      ...(subject === "" ? [] : [{ type: "TextBlock", text: subject, weight: "Bolder", size: "Medium", wrap: true }]),
      // A line break of the text is none on a card.
      ...lines.filter((line) => line.trim() !== "").map((text) => ({ type: "TextBlock", text, wrap: true })),
    ],
  };
  const attachment = { contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content };
  const url = needed(block, "url");
  const answer = await postJson(outside, url, { type: "message", attachments: [attachment] });
  // A connector answers 200 to what it could not deliver.
  if (/delivery failed/i.test(answer)) {
    throw new OrchError("unavailable", `${new URL(url).host} did not deliver it: ${answer.slice(0, 200)}`);
  }
};
