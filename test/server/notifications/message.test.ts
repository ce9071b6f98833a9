// What a message says.
import { expect, test } from "bun:test";
import { messageAbout } from "#server/notifications/message.ts";
import type { Notification } from "#server/notifications/queue.ts";
import type { Settings } from "#settings/table.ts";
import { MESSAGE_NAMES } from "#wire/notifications.ts";
import { testSettings } from "../../settings.ts";

const NOTIFICATION: Notification = {
  id: "queue-id",
  block_document_id: "block-id",
  message_template: null,
  flow_run_notification_policy_id: "policy-id",
  flow_id: "flow-id",
  flow_name: "etl",
  flow_run_id: "run-id",
  flow_run_name: "wise-owl",
  flow_run_parameters: '{"name":"Marvin","loud":true}',
  flow_run_state_type: "FAILED",
  flow_run_state_name: "Failed",
  flow_run_state_timestamp: "2026-11-23T12:00:00.000000+00:00",
  flow_run_state_message: "it's broken",
};
const say = (fields: Partial<Notification> = {}, settings: Partial<Settings> = {}) =>
  messageAbout(
    { ...NOTIFICATION, ...fields },
    {
      settings: testSettings({ ORCH_UI_URL: "https://orch.example.com", ...settings }),
      address: () => "http://127.0.0.1:4300",
    },
  );
const url = (settings: Partial<Settings>) => say({ message_template: "{flow_run_url}" }, settings);

test("names the run, its state and the time, then what one needs to look", () => {
  expect(say()).toBe(`etl/wise-owl is \`Failed\` since 2026-11-23T12:00:00+00:00.

Flow ID: flow-id
Flow run ID: run-id
Flow run URL: https://orch.example.com/flow-runs/flow-run/run-id
State message: it's broken
`);
});

test("a policy may say it in its own words, with every name that is allowed", () => {
  const message_template = MESSAGE_NAMES.map((name) => `{${name}}`).join("|");
  expect(say({ message_template }).split("|")).toEqual([
    ...["policy-id", "flow-id", "etl", "https://orch.example.com/flow-runs/flow-run/run-id", "run-id", "wise-owl"],
    ...["{'name': 'Marvin', 'loud': True}", "FAILED", "Failed", "2026-11-23T12:00:00+00:00", "it's broken"],
  ]);
});

test("a state without a message has the one that Python prints for it", () => {
  expect(say({ message_template: "{flow_run_state_message}", flow_run_state_message: null })).toBe("None");
});

for (const [settings, address] of [
  [{ ORCH_UI_URL: "https://orch.example.com/ui/" }, "https://orch.example.com/ui"],
  [{ ORCH_UI_URL: null, ORCH_API_URL: "https://api.example.com/api" }, "https://api.example.com"],
  [
    { ORCH_UI_URL: null, ORCH_UI_API_URL: "https://ui.example.com/api/", ORCH_API_URL: "https://api.example.com/api" },
    "https://ui.example.com",
  ],
  [{ ORCH_UI_URL: null, ORCH_API_URL: null }, "http://127.0.0.1:4300"],
] as const) {
  test(`${JSON.stringify(settings)} leads to ${address}`, () => {
    expect(url(settings)).toBe(`${address}/flow-runs/flow-run/run-id`);
  });
}
