// Webhooks of any kind: the plain one, and the one whose owner says what is sent.
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { sendToCustomWebhook, sendToWebhook } from "#blocks/notify/webhook.ts";
import { MESSAGE, receiver } from "./receiver.ts";

const service = receiver(() => new Response(null, { status: 204 }));
const url = "https://example.com/in";
beforeEach(() => {
  service.received.length = 0;
});
afterAll(() => service.stop());

describe("a webhook", () => {
  test("gets subject and body as JSON, with the block's own headers", async () => {
    await sendToWebhook({ url, headers: { Authorization: "Bearer x" } }, MESSAGE, service.outside);
    expect(service.received).toMatchObject([
      { method: "POST", headers: { "content-type": "application/json", authorization: "Bearer x" }, json: MESSAGE },
    ]);
  });

  test("may say that its JSON is of another type", async () => {
    const headers = { "Content-Type": "application/vnd.orch+json" };
    await sendToWebhook({ url, method: "PUT", headers }, MESSAGE, service.outside);
    expect(service.received).toMatchObject([
      { method: "PUT", headers: { "content-type": "application/vnd.orch+json" }, text: JSON.stringify(MESSAGE) },
    ]);
  });

  test("is only called when its method takes no body", async () => {
    await sendToWebhook({ url, method: "GET" }, MESSAGE, service.outside);
    expect(service.received).toMatchObject([{ method: "GET", text: "" }]);
  });
});

describe("a custom webhook", () => {
  test("fills subject, body, name and secrets in everywhere", async () => {
    const block = {
      ...{ name: "ops", url: `${url}/{{ name }}?a=1`, method: "PATCH", secrets: { token: "t0ken" } },
      params: { key: "{{token}}", title: "{{subject}}" },
      headers: { "X-Token": "{{token}}" },
      cookies: { session: "{{token}}", kind: "test" },
      json_data: {
        text: "{{subject}}: {{body}}",
        list: ["{{name}}", 1, null],
        nested: { "{{name}}": "{{ unknown }}" },
      },
    };
    await sendToCustomWebhook(block, MESSAGE, service.outside);
    expect(service.received).toMatchObject([
      {
        address: "https://example.com/in/ops?a=1&key=t0ken&title=The+subject",
        method: "PATCH",
        headers: { "x-token": "t0ken", cookie: "session=t0ken; kind=test", "content-type": "application/json" },
        json: {
          text: `The subject: ${MESSAGE.body}`,
          list: ["ops", 1, null],
          nested: { ops: "{{ unknown }}" },
        },
      },
    ]);
  });

  test("R8: names of many lines make no header of their own, and letters beyond Latin-1 arrive", async () => {
    const block = { url, method: "GET", headers: { "X-Subject": "{{subject}}" }, cookies: { a: "{{subject}}" } };
    const subject = "Late\r\nX-Evil: 1 \u{1f680}";
    await sendToCustomWebhook(block, { ...MESSAGE, subject }, service.outside);
    const [{ headers = {} } = {}] = service.received;
    expect(headers["x-evil"]).toBeUndefined();
    expect(Buffer.from(headers["x-subject"] ?? "", "latin1").toString()).toBe("Late X-Evil: 1 \u{1f680}");
    expect(headers["cookie"]).toStartWith("a=Late X-Evil: 1 ");
  });

  test("sends a form when it has one", async () => {
    await sendToCustomWebhook({ url, form_data: { title: "{{subject}}", n: 1 } }, MESSAGE, service.outside);
    const [{ headers = {}, text = "" } = {}] = service.received;
    expect(text).toBe("title=The+subject&n=1");
    expect(headers["content-type"]).toStartWith("application/x-www-form-urlencoded");
  });

  test("sends nothing but the call when it has neither", async () => {
    await sendToCustomWebhook({ url, method: "DELETE" }, MESSAGE, service.outside);
    expect(service.received).toMatchObject([{ method: "DELETE", text: "" }]);
  });

  test("a text that is filled in is not filled in again", async () => {
    const block = { url, json_data: { text: "{{body}}" }, secrets: { token: "t0ken" } };
    await sendToCustomWebhook(block, { subject: "", body: "{{token}}" }, service.outside);
    expect(service.received).toMatchObject([{ json: { text: "{{token}}" } }]);
  });
});

test.each(["toString", "constructor", "__proto__", "hasOwnProperty"])(
  "R20: {{%s}} is no value unless a secret has that name",
  async (name) => {
    const block = { url, json_data: { text: `{{${name}}} {{ ${name} }}` } };
    await sendToCustomWebhook(block, MESSAGE, service.outside);
    const secrets = JSON.parse(`{"${name}":"mine"}`);
    await sendToCustomWebhook({ ...block, secrets }, MESSAGE, service.outside);
    const texts = [`{{${name}}} {{ ${name} }}`, "mine mine"];
    expect(service.received.map(({ json }) => json)).toEqual(texts.map((text) => ({ text })));
  },
);

test("R9: a message that its values make too long is not sent", async () => {
  const block = { url, json_data: { text: "{{body}}".repeat(2_000) } };
  await sendToCustomWebhook(block, { ...MESSAGE, body: "x".repeat(1_000) }, service.outside).then(
    () => expect.unreachable(),
    (error) => expect(error.message).toStartWith("The template is filled with more than 1,000,000 letters"),
  );
  expect(service.received).toEqual([]);
});
