// Requests that no client sends, on a real port: each is refused, the runtime's own pages are never seen, the server goes on.
import { afterEach, expect, test } from "bun:test";
import { connect } from "node:net";
import { type Listener, serve } from "#server/serve.ts";
import { type TestApp, testApp } from "../../app.ts";

const open: { app: TestApp; listener: Listener }[] = [];
afterEach(async () => {
  for (const { app, listener } of open.splice(0)) {
    await listener.stop();
    await app.close();
  }
});

function start() {
  const app = testApp({ services: false });
  const listener = serve(app.app, { host: "127.0.0.1", port: 0 });
  open.push({ app, listener });
  return { app, listener };
}

const health = (url: string) => fetch(`${url}/api/health`);

/** All that a socket is answered within a moment, or until it is closed. */
function rawAnswer({ port }: Listener, request: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.on("data", (chunk) => {
      answer += String(chunk);
      const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? Number.NaN);
      if (answer.length >= answer.indexOf("\r\n\r\n") + 4 + length) socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}

const NONSENSE: [what: string, request: string][] = [
  ["a line that is none", "hello\r\n\r\n"],
  ["no version", "GET /api/health\r\n\r\n"],
  ["an unknown version", "GET /api/health HTTP/3.7\r\nHost: localhost\r\n\r\n"],
  ["no host", "GET /api/health HTTP/1.1\r\n\r\n"],
  ["a path that is none", "GET //[/%%% HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["a path of 100 KB", `GET /api/${"a".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
  ["half a host", "GET /api/health HTTP/1.1\r\nHost: [::1\r\n\r\n"],
  ["TRACE", "TRACE /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["CONNECT", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["a method that is none", "FOO /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["a length below 0", "POST /api/flows/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n"],
  ["a length of words", "POST /api/flows/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: ten\r\n\r\n"],
  ["a piece without size", "POST /api/flows/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
  [
    "100,000 brackets",
    `POST /api/flow_runs/filter HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n${"[".repeat(50_000)}${"]".repeat(50_000)}`,
  ],
];
for (const [what, request] of NONSENSE) {
  test(`R6: ${what} is refused with nothing or with JSON, never with a page of the runtime`, async () => {
    const { app, listener } = start();
    const answer = await rawAnswer(listener, request);
    expect(answer).toMatch(/^$|^HTTP\/1\.1 (4\d\d|505) .*\r\n\r\n(\{".*\})?$/s);
    expect((await health(listener.url)).status).toBe(200);
    expect(app.logged).toEqual([]);
  });
}

test("R6: a defect outside of the router is a 500 of ours, and is logged", async () => {
  const app = testApp({ services: false });
  const broken = { ...app.app, fetch: () => Promise.reject(new TypeError("a secret detail")) };
  const listener = serve(broken, { host: "127.0.0.1", port: 0 });
  open.push({ app, listener });
  const answer = await health(listener.url);
  expect([answer.status, await answer.text()]).toEqual([500, '{"exception_message":"Internal Server Error"}']);
  expect(app.logged.join()).toContain("a secret detail");
});

test("R19: ten endless bodies are cut off, each with its connection, and the next request is answered", async () => {
  const { app, listener } = start();
  const piece = `10000\r\n${" ".repeat(0x10000)}\r\n`;
  const endless = () =>
    new Promise<string>((resolve) => {
      let answer = "";
      const socket = connect(listener.port, "127.0.0.1", () => {
        socket.write("POST /api/logs/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        more();
      });
      const more = () => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on("drain", more);
      socket.on("data", (chunk) => (answer += String(chunk)));
      socket.on("error", () => {});
      socket.on("close", () => resolve(answer));
    });
  for (const answer of await Promise.all(Array.from({ length: 10 }, endless))) {
    expect(answer).toMatch(/^(HTTP\/1.1 413 .*"The body is larger than 8 MB."}|HTTP\/1.1 503 .*Bodies of 64 MB .*|)$/s);
  }
  expect((await health(listener.url)).status).toBe(200);
  expect(app.logged).toEqual([]);
});
