// The two ways to a server carry the same things there and back.
import { afterAll, describe, expect, test } from "bun:test";
import { fetchTransport, httpTransport, type Transport } from "#client/transport.ts";

async function echo(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const body = request.method === "GET" ? "" : await request.text();
  const seen = { method: request.method, path: url.pathname + url.search, mine: request.headers.get("x-mine"), body };
  return Response.json(seen, { status: 202, headers: { "x-yours": "1" } });
}

const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: echo });
afterAll(() => server.stop(true));

const url = `http://127.0.0.1:${server.port}/api`;
const WAYS: [name: string, transport: Transport, description: string][] = [
  ["over HTTP", httpTransport({ url }), url],
  ["over HTTP with a slash at the end", httpTransport({ url: `${url}/` }), `${url}/`],
  ["in this process", fetchTransport(echo), "this process"],
];

for (const [name, transport, description] of WAYS) {
  describe(name, () => {
    test("a request arrives as it is, and so does its answer", async () => {
      const request = { method: "POST", path: "/api/flows/?a=b%20c", headers: { "x-mine": "2" }, body: "é" } as const;
      const { status, headers, text } = await transport.send(request);
      expect(JSON.parse(text)).toEqual({ method: "POST", path: "/api/flows/?a=b%20c", mine: "2", body: "é" });
      expect([status, headers.get("x-yours")]).toEqual([202, "1"]);
    });

    test("a request may have no body", async () => {
      const { text } = await transport.send({ method: "GET", path: "/api/health", headers: {} });
      expect(JSON.parse(text)).toMatchObject({ method: "GET", path: "/api/health", body: "" });
    });

    test("people are told where it goes", () => expect(transport.description).toBe(description));
  });
}

test("a flow may put another fetch in the place of the global one: the engine keeps the real one", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = Object.assign(() => Promise.reject(new Error("mocked")), { preconnect: fetch.preconnect });
  try {
    const { status } = await httpTransport({ url }).send({ method: "GET", path: "/api/health", headers: {} });
    expect(status).toBe(202);
  } finally {
    globalThis.fetch = fetch;
  }
});
