import { describe, expect, test } from "bun:test";
import { createClient } from "#client/client.ts";
import { httpTransport, type Transport, type WireRequest } from "#client/transport.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { createFlow, deleteFlow, readFlow } from "#wire/deployments/flows.ts";
import { getQueueRuns } from "#wire/pools/work-queues.ts";
import { sendHeartbeats } from "#wire/runs/heartbeats.ts";
import { createLogs } from "#wire/runs/logs.ts";

const ID = "0191e5a0-0000-7000-8000-00000000000a";

interface Scripted {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Answers from a script; an Error in it is thrown. Sleeps take no time and are noted. */
function setup(script: (Scripted | Error)[], retries?: number) {
  const requests: WireRequest[] = [];
  const sleeps: number[] = [];
  const transport: Transport = {
    description: "http://test/api",
    async send(request) {
      requests.push(request);
      const next = script.shift();
      if (!next) throw new Error("the script is over");
      if (next instanceof Error) throw next;
      const text = next.body === undefined ? "" : JSON.stringify(next.body);
      return { status: next.status, headers: new Headers(next.headers), text };
    },
  };
  const clock = {
    now: () => 0,
    elapsed: () => 0,
    sleep: async (millis: number) => {
      sleeps.push(millis);
    },
  };
  const client = createClient({ transport, clock, ...(retries === undefined ? {} : { retries }) });
  return { client, requests, sleeps };
}

const away = () => new OrchError("unavailable", "No server is answering.");

describe("a call becomes a request", () => {
  test("with the path filled in, the body as JSON and the version of the API", async () => {
    const { client, requests } = setup([{ status: 201, body: { id: ID } }]);
    await client.call(createFlow, { body: { name: "a" } });
    expect(requests).toMatchObject([
      {
        method: "POST",
        path: "/api/flows/",
        body: '{"name":"a"}',
        headers: { "x-prefect-api-version": "0.8.4", "content-type": "application/json" },
      },
    ]);
  });

  test("with parameters and query escaped", async () => {
    const { client, requests } = setup([{ status: 200, body: {} }]);
    await client.call(readBlockDocument, { params: { id: "a b?c" }, query: { include_secrets: true } });
    expect(requests[0]?.path).toBe("/api/block_documents/a%20b%3Fc?include_secrets=true");
  });

  test("with the wish to be answered only when there is something", async () => {
    const { client, requests } = setup([{ status: 200, body: [] }]);
    await client.call(getQueueRuns, { params: { id: ID }, body: {} }, { waitSeconds: 15 });
    expect(requests[0]?.headers["prefer"]).toBe("wait=15");
  });
});

describe("an answer becomes a value or an error", () => {
  test("an empty one is null", async () => {
    const { client } = setup([{ status: 204 }]);
    expect(await client.call(deleteFlow, { params: { id: ID } })).toBeNull();
  });

  test("a refusal is thrown with its code and sentence", async () => {
    const { client } = setup([{ status: 404, body: { detail: "Flow not found" } }]);
    const call = client.call(readFlow, { params: { id: ID } });
    await expect(call).rejects.toMatchObject({ code: "not_found", message: "Flow not found" });
  });

  test("one that is not the API's names the address", async () => {
    const { client } = setup([{ status: 502 }], 0);
    const call = client.call(readFlow, { params: { id: ID } });
    await expect(call).rejects.toThrow("http://test/api answered 502 Bad Gateway: ");
  });

  test("a success without content was cut off", async () => {
    const { client } = setup([{ status: 200 }], 0);
    const call = client.call(readFlow, { params: { id: ID } });
    await expect(call).rejects.toMatchObject({
      code: "unavailable",
      message: "The answer of http://test/api was cut off, or another program has the port: it was empty.",
    });
  });
});

describe("a server that is away is tried again", () => {
  test("soon at first, then with growing pauses", async () => {
    const { client, sleeps } = setup([away(), away(), away(), { status: 200, body: {} }]);
    await client.call(readFlow, { params: { id: ID } });
    expect(sleeps).toEqual([100, 200, 400]);
  });

  test("as often as it was told, then the error is thrown", async () => {
    const { client, requests } = setup([away(), away(), away()], 2);
    await expect(client.call(readFlow, { params: { id: ID } })).rejects.toMatchObject({ code: "unavailable" });
    expect(requests).toHaveLength(3);
  });

  test("R2: each try of a call that changes something carries its key, another call another one", async () => {
    const { client, requests } = setup([
      away(),
      { status: 201, body: {} },
      { status: 201, body: {} },
      away(),
      { status: 204 },
    ]);
    await client.call(createFlow, { body: { name: "a" } });
    await client.call(createFlow, { body: { name: "a" } });
    await client.call(deleteFlow, { params: { id: ID } }, { idempotencyKey: "mine" });
    const [first, again, other, ...mine] = requests.map(({ headers }) => headers["idempotency-key"]);
    expect(again).toBe(first);
    expect(new Set([first, other, undefined]).size).toBe(3);
    expect(mine).toEqual(["mine", "mine"]);
  });

  test("R2: a call that changes nothing carries none", async () => {
    const { client, requests } = setup([
      { status: 200, body: {} },
      { status: 200, body: [] },
    ]);
    await client.call(readFlow, { params: { id: ID } });
    await client.call(getQueueRuns, { params: { id: ID }, body: {} });
    expect(requests.map(({ headers }) => "idempotency-key" in headers)).toEqual([false, false]);
  });

  test("R2: more often when the connection was lost, as the server is there", async () => {
    const lost = () =>
      new OrchError("unavailable", "lost", { cause: Object.assign(new Error(), { code: "ECONNRESET" }) });
    const { client, requests } = setup(Array(9).fill(0).map(lost), 2);
    await expect(client.call(readFlow, { params: { id: ID } })).rejects.toThrow("lost");
    expect(requests).toHaveLength(7);
  });

  test("after the time that it asks for", async () => {
    const { client, sleeps } = setup([
      { status: 503, headers: { "retry-after": "7" } },
      { status: 200, body: {} },
    ]);
    await client.call(readFlow, { params: { id: ID } });
    expect(sleeps).toEqual([7000]);
  });

  test("but not when it refused", async () => {
    const { client, requests } = setup([{ status: 409, body: { detail: "taken" } }]);
    await expect(client.call(readFlow, { params: { id: ID } })).rejects.toThrow("taken");
    expect(requests).toHaveLength(1);
  });
});

describe("over HTTP", () => {
  test("a port where nobody listens is one sentence that says what to do", async () => {
    const client = createClient({
      transport: httpTransport({ url: "http://127.0.0.1:9/api" }),
      clock: systemClock,
      retries: 0,
    });
    await expect(client.call(readFlow, { params: { id: ID } })).rejects.toThrow(
      "No server is answering at http://127.0.0.1:9/api. Start one with 'orch server start'.",
    );
  });

  const BROKEN: [what: string, answer: string | null, sentence: string][] = [
    [
      "that closes the connection",
      null,
      "was closed before an answer came: the server stopped, or another program has",
    ],
    ["that speaks another language", "SSH-2.0-OpenSSH_9\r\n", "does not speak HTTP. Check ORCH_API_URL: its host and"],
  ];
  for (const [what, answer, sentence] of BROKEN) {
    test(`a program ${what} is not taken for none`, async () => {
      const data = (socket: { write(text: string): number; end(): void; terminate(): void }) => {
        if (answer === null) return socket.terminate();
        socket.write(answer);
        socket.end();
      };
      const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data } });
      const url = `http://127.0.0.1:${server.port}/api`;
      const client = createClient({ transport: httpTransport({ url }), clock: systemClock, retries: 0 });
      const call = client.call(readFlow, { params: { id: ID } });
      await expect(call).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining(`${url} ${sentence}`),
      });
      server.stop(true);
    });
  }

  test("the key is sent along, and a server that is too slow is given up", async () => {
    let authorization: string | null = null;
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        authorization = request.headers.get("authorization");
        return new Promise<Response>(() => {});
      },
    });
    const client = createClient({
      transport: httpTransport({ url: `http://127.0.0.1:${server.port}/api`, apiKey: "secret" }),
      clock: systemClock,
      timeoutSeconds: 0.1,
      retries: 0,
    });
    await expect(client.call(readFlow, { params: { id: ID } })).rejects.toThrow("did not answer within 0.1 seconds");
    expect(authorization as string | null).toBe("Bearer secret");
    await server.stop(true);
  });

  test("R2: an answer that is cut off is asked for again, with or without a length", async () => {
    const answers = ['HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"na', 'HTTP/1.1 200 OK\r\n\r\n{"na'];
    const whole = 'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{"name":"a"}';
    const server = Bun.listen({
      ...{ hostname: "127.0.0.1", port: 0 },
      socket: {
        data(socket) {
          socket.write(answers.shift() ?? whole);
          socket.end();
        },
      },
    });
    const transport = httpTransport({ url: `http://127.0.0.1:${server.port}/api` });
    const client = createClient({ transport, clock: systemClock, retries: 2 });
    expect(await client.call(readFlow, { params: { id: ID } })).toMatchObject({ name: "a" });
    expect(answers).toEqual([]);
    server.stop(true);
  });

  test("a call that the caller gives up ends at once", async () => {
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Promise<Response>(() => {}) });
    const client = createClient({
      transport: httpTransport({ url: `http://127.0.0.1:${server.port}/api` }),
      clock: systemClock,
    });
    const abort = new AbortController();
    const call = client.call(readFlow, { params: { id: ID } }, { signal: abort.signal });
    abort.abort(new Error("changed my mind"));
    await expect(call).rejects.toThrow("changed my mind");
    await server.stop(true);
  });
});

describe("an older server refuses fields that it does not know", () => {
  const line = { name: "n", level: 20, message: "m", timestamp: "2026-11-27T00:00:00+00:00", flow_run_id: ID };
  const extra = (loc: (string | number)[]) => ({ loc: ["body", ...loc], msg: "no", type: "value_error.extra" });

  test("log lines come again without their ids", async () => {
    const exception_detail = [extra([0, "id"]), extra([1, "id"])];
    const { client, requests } = setup([
      { status: 422, body: { exception_detail } },
      { status: 201, body: null },
    ]);
    const ids = [crypto.randomUUID(), crypto.randomUUID()];
    await client.call(createLogs, { body: ids.map((id) => ({ ...line, id })) });
    expect(requests.map(({ body = "" }) => JSON.parse(body))).toEqual([
      ids.map((id) => ({ ...line, id })),
      [line, line],
    ]);
  });

  test("a heartbeat comes again without its attempts", async () => {
    const script = [{ status: 422, body: { exception_detail: [extra(["attempts"])] } }, { status: 204 }];
    const { client, requests } = setup(script);
    await client.call(sendHeartbeats, { body: { flow_run_ids: [ID], attempts: { [ID]: "t" } } });
    expect(JSON.parse(requests[1]?.body ?? "")).toEqual({ flow_run_ids: [ID] });
  });

  for (const [name, detail] of [
    ["another field", extra([0, "colour"])],
    ["a value of that field", { ...extra([0, "id"]), type: "type_error.uuid" }],
  ] as const) {
    test(`what is refused for ${name} is refused`, async () => {
      const { client, requests } = setup([{ status: 422, body: { exception_detail: [detail] } }]);
      await expect(client.call(createLogs, { body: [line] })).rejects.toThrow("no");
      expect(requests).toHaveLength(1);
    });
  }

  test("a 422 that is no answer of the API is refused", async () => {
    const { client } = setup([{ status: 422 }]);
    await expect(client.call(createLogs, { body: [line] })).rejects.toThrow();
  });
});
