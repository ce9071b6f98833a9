// One request to a service: what is taken for success, and what is said of the rest.
import { afterEach, expect, test } from "bun:test";
import { call, postJson } from "#blocks/notify/post.ts";
import { systemClock } from "#lib/clock.ts";
import { type Receiver, receiver } from "./receiver.ts";

let service: Receiver;
afterEach(() => service.stop());

function answers(answer: () => Response | Promise<Response>): Receiver {
  service = receiver(answer);
  return service;
}

const URL_OF = "https://example.com/secret";

test("gives the start of the answer", async () => {
  const { outside } = answers(() => new Response("y".repeat(100_000)));
  expect(await postJson(outside, URL_OF, {})).toBe("y".repeat(4_096));
});

test("a failure names the host, the status and what was said in one line", async () => {
  const { outside } = answers(() => new Response(" no\n  such hook ", { status: 404 }));
  await expect(call(outside, URL_OF, {})).rejects.toThrow(/^example.com answered 404: no such hook$/);
});

test("without a word of the service there is only the status", async () => {
  const { outside } = answers(() => new Response(null, { status: 500 }));
  await expect(call(outside, URL_OF, {})).rejects.toThrow(/^example.com answered 500\.$/);
});

test("nor of a page for people", async () => {
  const { outside } = answers(() => new Response("<!doctype html>\n<h1>Gone</h1>", { status: 410 }));
  await expect(call(outside, URL_OF, {})).rejects.toThrow(/^example.com answered 410\.$/);
});

test("a redirect is not followed", async () => {
  const { outside, received } = answers(() => Response.redirect("http://127.0.0.1:1/admin", 307));
  await expect(call(outside, URL_OF, {})).rejects.toThrow("example.com answered 307: redirects are not followed");
  expect(received.length).toBe(1);
});

test("a service that cannot be reached is named by its host alone", async () => {
  const closed = answers(() => new Response());
  await closed.stop();
  const sent = call({ fetch, clock: systemClock, signal: new AbortController().signal }, `${closed.url}/secret`, {});
  const error: unknown = await sent.catch((thrown) => thrown);
  expect(String(error)).toContain(`127.0.0.1:${new URL(closed.url).port} could not be reached`);
  expect(String(error)).not.toContain("secret");
});

test("a service that does not answer is left when the time is up", async () => {
  const { promise: never } = Promise.withResolvers<Response>();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const { outside } = answers(() => {
    resolve();
    return never;
  });
  const patience = new AbortController();
  const sent = call({ ...outside, signal: patience.signal }, URL_OF, {});
  await asked;
  patience.abort();
  await expect(sent).rejects.toThrow("example.com could not be reached: no answer in time.");
});
