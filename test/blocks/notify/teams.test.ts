// Teams: a workflow answers 202 to a message with an adaptive card; a connector says in a 200 what went wrong.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { sendToTeams } from "#blocks/notify/teams.ts";
import { MESSAGE, receiver } from "./receiver.ts";

let answer = () => new Response(null, { status: 202 });
const teams = receiver(() => answer());
const url = "https://prod-1.westeurope.logic.azure.com/workflows/abc/triggers/manual/paths/invoke?sig=SECRET";
beforeEach(() => {
  teams.received.length = 0;
});
afterAll(() => teams.stop());

test("posts an adaptive card: the subject, then each line of the body", async () => {
  await sendToTeams({ url }, MESSAGE, teams.outside);
  const line = (text: string) => ({ type: "TextBlock", text, wrap: true });
  expect(teams.received).toMatchObject([
    { address: url, method: "POST", headers: { "content-type": "application/json" } },
  ]);
  expect(teams.received[0]?.json).toEqual({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            { ...line("The subject"), weight: "Bolder", size: "Medium" },
            line("flow/run is `Failed` <now> & then"),
            line("Flow ID: 1"),
          ],
        },
      },
    ],
  });
});

test("a card stays below the size that Teams takes", async () => {
  await sendToTeams({ url }, { subject: "", body: "x".repeat(50_000) }, teams.outside);
  expect(teams.received[0]?.text.length).toBeLessThan(28_000);
});

test("a connector that answers 200 and did not deliver has failed", async () => {
  answer = () => new Response("Webhook message delivery failed with error: 429");
  const sent = sendToTeams({ url }, MESSAGE, teams.outside);
  await expect(sent).rejects.toThrow(/^prod-1.westeurope.logic.azure.com did not deliver it: .*429$/);
});
