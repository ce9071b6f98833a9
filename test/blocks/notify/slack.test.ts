// Slack's incoming webhook: JSON with text or attachments, answered `ok`; anything else is 400 `invalid_payload`.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { sendToSlack } from "#blocks/notify/slack.ts";
import { isObject } from "#lib/json.ts";
import { MESSAGE, receiver } from "./receiver.ts";

const slack = receiver(({ method, json }) => {
  const isMessage = method === "POST" && isObject(json) && Array.isArray(json["attachments"]);
  return isMessage ? new Response("ok") : new Response("invalid_payload", { status: 400 });
});
const url = "https://hooks.slack.com/services/T000/B000/XXXX";
beforeEach(() => {
  slack.received.length = 0;
});
afterAll(() => slack.stop());

test("posts the subject as the title and the body as the text, with Slack's three characters escaped", async () => {
  await sendToSlack({ url, notify_type: "failure" }, MESSAGE, slack.outside);
  const text = "flow/run is `Failed` &lt;now&gt; &amp; then\n\nFlow ID: 1";
  expect(slack.received).toMatchObject([
    {
      address: url,
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "orch" },
      json: {
        attachments: [{ title: "The subject", fallback: "The subject", text, color: "#eb5757", mrkdwn_in: ["text"] }],
      },
    },
  ]);
});

test("the text stands in for a subject that is not there", async () => {
  await sendToSlack({ url }, { subject: "", body: "x".repeat(40_000) }, slack.outside);
  const [{ json } = {}] = slack.received;
  const text = `${"x".repeat(34_999)}…`;
  expect(json).toEqual({
    attachments: [{ title: "", fallback: text, text, color: "#8c8c8c", mrkdwn_in: ["text"] }],
  });
});

test("a block without an address is refused before anything is sent", async () => {
  await expect(sendToSlack({ url: " " }, MESSAGE, slack.outside)).rejects.toThrow("The block has no 'url'.");
  const scheme = "must begin with https:// or http://";
  await expect(sendToSlack({ url: "slack://T/B/X" }, MESSAGE, slack.outside)).rejects.toThrow(scheme);
  expect(slack.received).toEqual([]);
});
