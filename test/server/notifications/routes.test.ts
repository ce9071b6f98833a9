// Notification policies over the API.
import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { NotificationPolicy } from "#wire/notifications.ts";
import { type TestApp, testApp } from "../../app.ts";
import { receiver } from "../../blocks/notify/receiver.ts";
import { makeBlock, makeSlackBlock } from "./blocks.ts";

let app: TestApp;
let block: string;
beforeEach(async () => {
  app = testApp();
  block = await makeSlackBlock(app);
});
afterEach(() => app.close());

const PATH = "/flow_run_notification_policies/";
const create = (body: object = {}) =>
  app.send("POST", PATH, { state_names: ["Failed"], tags: [], block_document_id: block, ...body });
const made = async (body: object = {}) => (await create(body)).body as NotificationPolicy;
const list = async (body?: object) =>
  ((await app.send("POST", `${PATH}filter`, body)).body as NotificationPolicy[]).map(({ id }) => id);

test("a policy is active unless it says otherwise, and reads back as it was answered", async () => {
  const answer = await create({ tags: ["a"], message_template: "{flow_name} {{}}" });
  expect(answer).toMatchObject({
    status: 201,
    body: {
      is_active: true,
      state_names: ["Failed"],
      tags: ["a"],
      block_document_id: block,
      message_template: "{flow_name} {{}}",
    },
  });
  const { id } = answer.body as NotificationPolicy;
  expect(await app.send("GET", `${PATH}${id}`)).toEqual({ status: 200, body: answer.body });
});

for (const [what, body, sentence] of [
  ["no block", { block_document_id: undefined }, "field required"],
  ["no states", { state_names: undefined }, "field required"],
  ["an unknown field", { color: "red" }, "extra fields not permitted"],
  ["a name that no message has", { message_template: "{flow_nam}" }, "Invalid template variable provided: 'flow_nam'"],
  ["an attribute", { message_template: "{flow_id.x}" }, "Invalid template variable provided: 'flow_id.x'"],
  ["an open brace", { message_template: "{flow_id" }, "Single '{' encountered in format string"],
  ["a list for a message", { message_template: [] }, "str type expected"],
] as const) {
  test(`${what} is 422 with '${sentence}', and nothing is stored`, async () => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(sentence);
    expect(await app.count("flow_run_notification_policy")).toBe(0);
  });
}

test("a block that is not there is 409", async () => {
  const answer = await create({ block_document_id: crypto.randomUUID() });
  expect(answer.status).toBe(409);
  expect(await app.count("flow_run_notification_policy")).toBe(0);
});

test("a change keeps what is not sent", async () => {
  const before = await made({ message_template: "{flow_name}" });
  app.clock.advance(1000);
  expect((await app.send("PATCH", `${PATH}${before.id}`, { is_active: false })).status).toBe(204);
  const after = (await app.send("GET", `${PATH}${before.id}`)).body as NotificationPolicy;
  expect(after).toEqual({ ...before, is_active: false, updated: after.updated });
  expect(after.updated > before.updated).toBe(true);
  await app.send("PATCH", `${PATH}${before.id}`, { message_template: null, tags: ["b"], state_names: [] });
  expect((await app.send("GET", `${PATH}${before.id}`)).body as object).toMatchObject({
    message_template: null,
    tags: ["b"],
    state_names: [],
  });
});

test("a change is checked as a new policy is", async () => {
  const { id } = await made();
  for (const [body, status] of [
    [{ message_template: "{x}" }, 422],
    [{ tags: null }, 409],
    [{ name: "x" }, 422],
    [{ block_document_id: crypto.randomUUID() }, 409],
  ] as const) {
    expect((await app.send("PATCH", `${PATH}${id}`, body)).status).toBe(status);
  }
});

test("what is not there is 404, in the old server's words", async () => {
  const id = crypto.randomUUID();
  const detail = "flow run notification policy not found";
  for (const method of ["GET", "DELETE"]) {
    expect(await app.send(method, `${PATH}${id}`)).toEqual({ status: 404, body: { detail } as never });
  }
  const changed = await app.send("PATCH", `${PATH}${id}`, { tags: [] });
  const words = { detail: "Flow run notification policy <built-in function id> not found" };
  expect(changed).toEqual({ status: 404, body: words as never });
});

test("lists all by id; a filter means the inactive ones unless it says otherwise", async () => {
  const on = (await made()).id;
  const off = (await made({ is_active: false })).id;
  const filtered = (filter: object | null) => list({ flow_run_notification_policy_filter: filter });
  expect(await list()).toEqual([on, off]);
  expect(await filtered(null)).toEqual([on, off]);
  expect(await filtered({})).toEqual([off]);
  expect(await filtered({ is_active: { eq_: true } })).toEqual([on]);
  expect(await filtered({ is_active: null })).toEqual([on, off]);
  expect(await filtered({ is_active: {} })).toEqual([on, off]);
  expect(await list({ limit: 1, offset: 1 })).toEqual([off]);
  expect((await app.send("POST", `${PATH}filter`, { limit: 201 })).status).toBe(422);
});

test("deleting answers 204", async () => {
  const { id } = await made();
  expect((await app.send("DELETE", `${PATH}${id}`)).status).toBe(204);
  expect(await list()).toEqual([]);
});

test("a policy goes with its block", async () => {
  await made();
  expect((await app.send("DELETE", `/block_documents/${block}`)).status).toBe(204);
  expect(await app.count("flow_run_notification_policy")).toBe(0);
});

describe("a test message", () => {
  const service = receiver(({ address }) => new Response("ok", { status: address.endsWith("/good") ? 200 : 410 }));
  afterAll(() => service.stop());
  beforeEach(() => {
    service.received.length = 0;
  });
  const send = async (path: string, body: object = {}) => {
    const block_document_id = await makeBlock(app, "slack-webhook", path, { url: `${service.url}/${path}` });
    return app.send("POST", "/orch/notifications/test", { block_document_id, ...body });
  };

  test("is sent, and it is said that it was", async () => {
    expect(await send("good")).toEqual({ status: 200, body: { sent: true, reason: null } as never });
    expect(service.received[0]?.text).toContain(
      "sample-flow/sample-run is `Completed` since 2026-11-23T12:00:00+00:00",
    );
  });

  test("has the words that it is given", async () => {
    await send("good", { message_template: "{flow_name}!" });
    expect(service.received[0]?.text).toContain('"text":"sample-flow!"');
    expect((await send("other", { message_template: "{x}" })).status).toBe(422);
  });

  test("that was not taken is an answer with the reason", async () => {
    const { host } = new URL(service.url);
    const body = { sent: false, reason: `${host} answered 410: ok` };
    expect(await send("s3cr3ts")).toEqual({ status: 200, body: body as never });
  });

  test("needs a block", async () => {
    const answer = await app.send("POST", "/orch/notifications/test", { block_document_id: crypto.randomUUID() });
    expect(answer).toEqual({ status: 200, body: { sent: false, reason: "Its block is gone." } as never });
  });
});

test("a web page finds the types of blocks that send by what they can do", async () => {
  const block_schemas = { block_capabilities: { all_: ["notify"] } };
  const { body } = await app.send("POST", "/block_types/filter", { block_schemas });
  const types: { slug: string }[] = body;
  expect(types.map(({ slug }) => slug)).toEqual([
    ...["custom-webhook", "email", "mattermost-webhook", "ms-teams-webhook", "opsgenie-webhook"],
    ...["pager-duty-webhook", "slack-webhook", "twilio-sms"],
  ]);
});
