// Blocks that hold a value, and what a webhook sends.
import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { blocksFor } from "#sdk/blocks/hosted.ts";
import { DateTime, Webhook } from "#sdk/index.ts";
import { type AppHost, appHost } from "../app-host.ts";

let on: AppHost;
let blocks: ReturnType<typeof blocksFor>;
beforeEach(() => {
  on = appHost();
  blocks = blocksFor(on.host);
});
afterEach(() => on.close());

const values: [json: string][] = [["null"], ["0"], ['""'], ['{"a":[1,{"b":null}]}'], ["[]"], ["false"]];
for (const [json] of values) {
  test(`JSON ${json} is saved and loaded`, async () => {
    await new blocks.JSON({ value: JSON.parse(json) }).save("mine");
    expect(JSON.stringify((await blocks.JSON.load("mine")).value)).toBe(json);
  });
}

test("a moment is a Date, given as one or as text", async () => {
  const moment = new Date("2026-01-02T03:04:05Z");
  await new blocks.DateTime({ value: "2026-01-02T04:04:05+01:00" }).save("mine");
  expect((await blocks.DateTime.load("mine")).value).toEqual(moment);
  expect(new DateTime({ value: moment }).toData()).toEqual({ value: "2026-01-02T03:04:05.000Z" });
  expect(() => new DateTime({ value: "soon" })).toThrow("'value' of Date Time blocks must be a moment.");
});

describe("a webhook", () => {
  const seen: object[] = [];
  const server = Bun.serve({
    port: 0,
    async fetch(request) {
      const { method, headers } = request;
      const [type, token] = [headers.get("content-type"), headers.get("x-token")];
      seen.push({ method, type, token, body: await request.text() });
      return new Response("taken", { status: 418 });
    },
  });
  afterAll(() => server.stop(true));
  const url = `${server.url}s3cret`;
  const type = "application/json";

  const calls: [what: string, fields: object, payload: object | undefined, sent: object][] = [
    ["posts JSON", {}, { a: 1 }, { method: "POST", type, token: null, body: '{"a":1}' }],
    ["sends its headers", { headers: { "x-token": "t" } }, {}, { method: "POST", type, token: "t", body: "{}" }],
    ["uses its method", { method: "PUT" }, { a: 1 }, { method: "PUT", type, token: null, body: '{"a":1}' }],
    ["may send nothing", {}, undefined, { method: "POST", token: null, body: "" }],
    ["gets without a body", { method: "GET" }, { a: 1 }, { method: "GET", token: null, body: "" }],
  ];
  for (const [what, fields, payload, sent] of calls) {
    test(what, async () => {
      const answer = await new Webhook({ url, ...fields }).call(payload as never);
      expect([answer.status, await answer.text()]).toEqual([418, "taken"]);
      expect(seen.at(-1)).toMatchObject(sent);
    });
  }

  test("an address that does not answer is a sentence that does not name it", async () => {
    for (const nowhere of ["http://127.0.0.1:1/s3cret", "s3cret"]) {
      const error: Error = await new Webhook({ url: nowhere }).call({}).catch((thrown) => thrown);
      expect(Bun.inspect(error)).toContain("did not answer");
      expect(Bun.inspect(error)).not.toContain("s3cret");
    }
  });
});
