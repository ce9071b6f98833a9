import { describe, expect, test } from "bun:test";
import { answerIn, fire, generateLoad } from "./load.ts";

function serve(answer: () => Response) {
  return Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
}

const load = { method: "GET", path: "/", connections: 4, seconds: 5, most: 50 };

test("as many requests as asked for, in a process of its own", async () => {
  await using server = serve(() => Response.json({ ok: true }));
  const result = await generateLoad({ ...load, port: server.port ?? 0 });
  expect(result).toMatchObject({ requests: 50, failed: 0 });
  expect(result.p99).toBeGreaterThanOrEqual(result.p50);
});

test("answers that are no success are counted", async () => {
  await using server = serve(() => new Response("no", { status: 404 }));
  expect(await fire({ ...load, port: server.port ?? 0 })).toMatchObject({ requests: 50, failed: 50 });
});

test("a server that is not there ends it with nothing", async () => {
  const server = serve(() => new Response());
  const port = server.port ?? 0;
  await server.stop(true);
  expect(await fire({ ...load, port })).toMatchObject({ requests: 0 });
});

describe("an answer", () => {
  const head = "HTTP/1.1 201 Created\r\n";
  const whole = { status: 201, left: 0 };
  test.each([
    [`${head}Content-Length: 2\r\n\r\nhi`, whole],
    [`${head}content-length: 5\r\n\r\nh`, { status: 201, left: 4 }],
    [`${head}Content-Length: 2\r\n`, undefined],
    [`${head}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`, whole],
    [`${head}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n`, undefined],
  ])("%j", (text, expected) => {
    expect(answerIn(Buffer.from(text))).toEqual(expected as typeof whole); // undefined when it cannot be told yet
  });
});

test("long answers that come in many pieces are counted once", async () => {
  const long = "x".repeat(1_000_000);
  await using server = serve(() => new Response(long));
  expect(await fire({ ...load, port: server.port ?? 0 })).toMatchObject({ requests: 50, failed: 0 });
});
