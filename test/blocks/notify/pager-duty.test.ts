// PagerDuty: 202 to an event with a routing key, an action and the three parts of a payload that it needs.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { sendToPagerDuty } from "#blocks/notify/pager-duty.ts";
import { isObject } from "#lib/json.ts";
import { MESSAGE, receiver } from "./receiver.ts";

const pagerDuty = receiver(({ json, headers }) => {
  const payload = isObject(json) ? json["payload"] : undefined;
  const isEvent = isObject(payload) && ["summary", "source", "severity"].every((part) => part in payload);
  const isKnown = isObject(json) && json["routing_key"] === "R0UTE" && headers["authorization"] === "Token token=K3Y";
  if (!isEvent || !isKnown) return Response.json({ status: "invalid event" }, { status: 400 });
  return Response.json({ status: "success", dedup_key: "1" }, { status: 202 });
});
beforeEach(() => {
  pagerDuty.received.length = 0;
});
afterAll(() => pagerDuty.stop());

const BLOCK = { integration_key: "R0UTE", api_key: "K3Y" };

test("triggers an event, with what the block says by default", async () => {
  await sendToPagerDuty({ ...BLOCK, notify_type: "info" }, MESSAGE, pagerDuty.outside);
  expect(pagerDuty.received).toMatchObject([{ address: "https://events.pagerduty.com/v2/enqueue", method: "POST" }]);
  expect(pagerDuty.received[0]?.json).toEqual({
    routing_key: "R0UTE",
    event_action: "trigger",
    client: "orch",
    payload: {
      summary: `The subject\n${MESSAGE.body}`,
      severity: "info",
      source: "Prefect",
      component: "Notification",
    },
  });
});

test("says all that the block says, in the block's region", async () => {
  const block = {
    ...BLOCK,
    ...{ notify_type: "failure", region_name: "eu", source: "prod", component: "etl", group: "data", class_id: "late" },
    ...{ clickable_url: "https://orch.example.com", custom_details: { disk: "145GB" }, include_image: true },
  };
  await sendToPagerDuty(block, { subject: "", body: "y".repeat(2_000) }, pagerDuty.outside);
  expect(pagerDuty.received).toMatchObject([
    {
      address: "https://events.eu.pagerduty.com/v2/enqueue",
      json: {
        payload: {
          summary: `${"y".repeat(1_023)}…`,
          ...{ severity: "critical", source: "prod", component: "etl", group: "data", class: "late" },
          custom_details: { disk: "145GB" },
        },
        links: [{ href: "https://orch.example.com" }],
      },
    },
  ]);
});

for (const [kind, severity] of [
  ["success", "info"],
  ["warning", "warning"],
  ["of another system", "info"],
] as const) {
  test(`${kind} is of severity ${severity}`, async () => {
    await sendToPagerDuty({ ...BLOCK, notify_type: kind }, MESSAGE, pagerDuty.outside);
    expect(pagerDuty.received).toMatchObject([{ json: { payload: { severity } } }]);
  });
}

test("what it refuses is said", async () => {
  const sent = sendToPagerDuty({ ...BLOCK, integration_key: "other" }, MESSAGE, pagerDuty.outside);
  await expect(sent).rejects.toThrow('events.pagerduty.com answered 400: {"status":"invalid event"}');
});
