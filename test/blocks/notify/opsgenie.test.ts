// Opsgenie: 202 to an alert with a message of at most 130 characters, behind its key.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { sendToOpsgenie } from "#blocks/notify/opsgenie.ts";
import { isObject } from "#lib/json.ts";
import { MESSAGE, receiver } from "./receiver.ts";

const opsgenie = receiver(({ json, headers }) => {
  if (headers["authorization"] !== "GenieKey K3Y") return Response.json({ message: "no" }, { status: 401 });
  const message = isObject(json) ? String(json["message"] ?? "") : "";
  const taken = message !== "" && message.length <= 130;
  return Response.json({ result: "Request will be processed" }, { status: taken ? 202 : 422 });
});
beforeEach(() => {
  opsgenie.received.length = 0;
});
afterAll(() => opsgenie.stop());

const send = (block: object, message = MESSAGE) =>
  sendToOpsgenie({ apikey: "K3Y", ...block }, message, opsgenie.outside);

test("makes one alert when nobody is named", async () => {
  await send({ priority: 3, target_user: null, tags: null });
  expect(opsgenie.received).toMatchObject([{ address: "https://api.opsgenie.com/v2/alerts", method: "POST" }]);
  expect(opsgenie.received[0]?.json).toEqual({
    source: "orch",
    message: "The subject",
    description: MESSAGE.body,
    details: { type: "prefect_default" },
    priority: "P3",
  });
});

const TEAM = "0f9d3e3a-8a7f-4b8e-9d51-5a1f6f5f2a10";
const WHO = {
  target_user: ["a@example.com"],
  target_team: [TEAM],
  target_schedule: "night",
  target_escalation: ["up"],
};
const RESPONDERS = [
  { type: "user", username: "a@example.com" },
  { type: "team", id: TEAM },
  { type: "schedule", name: "night" },
  { type: "escalation", name: "up" },
];

test("makes one alert for each of those who are named", async () => {
  await send(WHO);
  expect(opsgenie.received.map(({ json }) => isObject(json) && json["responders"])).toEqual(
    RESPONDERS.map((responder) => [responder]),
  );
});

test("or one for all in a batch, with all that the block says", async () => {
  const more = { tags: ["a, b", "c"], alias: "late", entity: "etl", details: { key: "value" }, notify_type: "warning" };
  await send({ ...WHO, ...more, batch: true, region_name: "eu", priority: "5" });
  expect(opsgenie.received).toMatchObject([
    {
      address: "https://api.eu.opsgenie.com/v2/alerts",
      json: {
        responders: RESPONDERS,
        ...{ tags: ["a", "b", "c"], alias: "late", entity: "etl", priority: "P5" },
        details: { type: "warning", key: "value" },
      },
    },
  ]);
});

for (const [given, priority] of [
  [1, "P1"],
  ["P2", "P2"],
  ["high", "P4"],
  ["Emergency", "P5"],
  ["9", "P3"],
  ["soon", "P3"],
  [null, "P3"],
] as const) {
  test(`priority ${JSON.stringify(given)} is ${priority}`, async () => {
    await send({ priority: given });
    expect(opsgenie.received).toMatchObject([{ json: { priority } }]);
  });
}

test("a body without a subject is the message, cut off where Opsgenie would refuse it", async () => {
  await send({}, { subject: "", body: "w".repeat(20_000) });
  expect(opsgenie.received).toMatchObject([
    { json: { message: `${"w".repeat(129)}…`, description: `${"w".repeat(14_999)}…` } },
  ]);
});

test("a wrong key is said", async () => {
  await expect(send({ apikey: "other" })).rejects.toThrow('api.opsgenie.com answered 401: {"message":"no"}');
});
