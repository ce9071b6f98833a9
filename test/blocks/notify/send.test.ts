// Sending by a block of any type.
import { afterAll, describe, expect, test } from "bun:test";
import { SENDERS, sendMessage } from "#blocks/notify/send.ts";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import type { JsonObject } from "#lib/json.ts";
import { MESSAGE, receiver } from "./receiver.ts";

const service = receiver(({ address, text }) => new Response(`no ${address} for ${text}`, { status: 404 }));
afterAll(() => service.stop());

const fieldsOf = (slug: string) => BLOCK_TYPES.find((type) => type.slug === slug)?.fields ?? {};
const failure = async (slug: string, data: JsonObject): Promise<string> => {
  const sent = sendMessage({ slug, fields: fieldsOf(slug), data }, MESSAGE, service.outside);
  return String(await sent.catch((error: unknown) => error));
};

test("every block type that says it can, can", () => {
  const notifying = BLOCK_TYPES.filter(({ capabilities }) => capabilities.includes("notify")).map(({ slug }) => slug);
  expect(notifying.length).toBeGreaterThan(7);
  expect(SENDERS.toSorted()).toEqual([...notifying, "webhook"].toSorted());
});

test("a block of another type cannot", async () => {
  expect(await failure("secret", { value: "x" })).toContain("A block of type 'secret' cannot send messages.");
});

describe("a service that repeats its address does not bring it into a log", () => {
  const url = "https://hooks.example.com/services/T0123456/B0123456/s3cr3ts3cr3t?key=abcdef123";
  for (const slug of ["slack-webhook", "ms-teams-webhook", "webhook", "custom-webhook"]) {
    test(slug, async () => {
      const sentence = await failure(slug, { url, headers: { Authorization: "Bearer 123456" } });
      expect(sentence).toContain("hooks.example.com answered 404: no ********");
      for (const part of ["s3cr3ts3cr3t", "T0123456", "abcdef123", "Bearer 123456"]) {
        expect(sentence).not.toContain(part);
      }
    });
  }

  test("nor do its keys", async () => {
    const sentence = await failure("pager-duty-webhook", { integration_key: "r0ut1ng-k3y", api_key: "4p1-k3y" });
    expect(sentence).toContain('"routing_key":"********"');
    expect(sentence).not.toContain("r0ut1ng-k3y");
  });
});

test("the error brings no cause along that would hold them", async () => {
  const url = "https://hooks.example.com/s3cr3ts3cr3t";
  const sender = { slug: "slack-webhook", fields: fieldsOf("slack-webhook"), data: { url } };
  const broken = () => Promise.reject(new Error(`no way to ${url}`));
  const error: unknown = await sendMessage(sender, MESSAGE, { ...service.outside, fetch: broken }).catch((e) => e);
  expect(Bun.inspect(error)).not.toContain("s3cr3t");
  expect(String(error)).toContain("hooks.example.com could not be reached: no way to ********");
});
