// The real Python client saves the blocks that send and makes policies of them; its flows are told about.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { receiver } from "../blocks/notify/receiver.ts";
import { createPrefect, type Prefect, possible } from "./prefect.ts";

let prefect: Prefect;
const slack = receiver(() => new Response("ok"));
beforeAll(async () => {
  if (possible) prefect = await createPrefect();
});
afterAll(async () => {
  await prefect?.close();
  await slack.stop();
});

const BLOCKS = `
from prefect.blocks.notifications import *
blocks = [
    SlackWebhook(url="SLACK/hook"),
    MicrosoftTeamsWebhook(url="https://example.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d"),
    MattermostWebhook(hostname="chat.example.com", token="token"),
    PagerDutyWebHook(integration_key="a" * 32, api_key="key"),
    TwilioSMS(account_sid="AC" + "a" * 32, auth_token="b" * 32, from_phone_number="18001234567", to_phone_numbers=["18004242424"]),
    OpsgenieWebhook(apikey="8dd0a0a8-0c8a-4a5f-8b4c-0d4f8f8e0f11", priority="3"),
]
`;

test.skipIf(!possible)(
  "blocks, policies and a failing flow of the Python client",
  async () => {
    const out = await prefect.python(`
import asyncio, json
${BLOCKS.replace("SLACK", slack.url)}
from uuid import UUID
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.server.schemas.filters import FlowRunNotificationPolicyFilter

ids = [str(block.save(f"b{at}")) for at, block in enumerate(blocks)]
opened = lambda value: value.get_secret_value() if hasattr(value, "get_secret_value") else value
fields = lambda block: {name: opened(getattr(block, name)) for name in block.__fields__}
loaded = [fields(type(block).load(f"b{at}")) == fields(block) for at, block in enumerate(blocks)]

async def policy():
    async with get_client() as client:
        made = await client.create_flow_run_notification_policy(
            block_document_id=UUID(ids[0]), state_names=["Failed"], tags=["prod"],
            message_template="{flow_name} of {flow_run_parameters} is {flow_run_state_type}",
        )
        listed = await client.read_flow_run_notification_policies(
            FlowRunNotificationPolicyFilter(is_active={"eq_": True})
        )
        return [str(made), [str(item.id) for item in listed], listed[0].message_template]

shown = asyncio.run(policy())

@flow
def breaks(name: str):
    raise ValueError(name)

from prefect import tags
for names in [["prod"], ["test"]]:
    with tags(*names):
        breaks(names[0], return_state=True)
print(json.dumps([loaded, shown]))
`);
    const [loaded, [id, listed, template]] = JSON.parse(out.split("\n").at(-1) ?? "");
    expect(loaded).toEqual(Array(6).fill(true));
    expect([listed, template]).toEqual([[id], "{flow_name} of {flow_run_parameters} is {flow_run_state_type}"]);
    while (slack.received.length < 1) await Bun.sleep(5);
    expect(slack.received.map(({ json }) => JSON.stringify(json))).toEqual([
      expect.stringContaining("breaks of {'name': 'prod'} is FAILED"),
    ]);
  },
  60_000,
);
