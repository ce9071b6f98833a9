// The app on a real port: who may call, how much, and what happens at the end.
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { type Listener, serve } from "#server/serve.ts";
import type { Settings } from "#settings/table.ts";
import { type TestApp, testApp } from "../app.ts";
import { listenTo } from "./events/listener.ts";

const open: { app: TestApp; listener: Listener }[] = [];
afterEach(async () => {
  for (const { app, listener } of open.splice(0)) {
    await listener.stop();
    await app.close();
  }
});

function start(settings: Partial<Settings> = {}, host = "127.0.0.1") {
  const app = testApp({ settings, services: false });
  const listener = serve(app.app, { host, port: 0 });
  open.push({ app, listener });
  return { app, listener };
}

/** The status of what a socket is answered; 0 when it is closed without an answer. */
function rawStatus({ port }: Listener, request: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.on("data", (chunk) => {
      resolve(Number(String(chunk).split(" ")[1]));
      socket.destroy();
    });
    socket.on("error", () => resolve(0));
    socket.on("close", () => resolve(0));
  });
}

const health = (url: string, headers: Record<string, string> = {}) => fetch(`${url}/api/health`, { headers });

describe("who may call", () => {
  test("a program on this machine", async () => {
    const { listener } = start();
    const answer = await health(listener.url);
    expect([answer.status, await answer.json()]).toEqual([200, true]);
    expect(listener.url).toBe(`http://127.0.0.1:${listener.port}`);
  });

  const hosts: [host: string, status: number][] = [
    ["localhost:4200", 200],
    ["127.0.0.1", 200],
    ["[::1]:4200", 200],
    ["evil.example:4200", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost.evil.example:80", 403],
  ];
  for (const [host, status] of hosts) {
    test(`a request for the host ${host} is answered ${status}`, async () => {
      const { listener } = start();
      expect((await health(listener.url, { host })).status).toBe(status);
    });
  }

  test("a page of this server, but no page of another", async () => {
    const { listener } = start();
    expect((await health(listener.url, { origin: listener.url })).status).toBe(200);
    const foreign = await health(listener.url, { origin: "https://evil.example" });
    expect(foreign.status).toBe(403);
    expect(await foreign.json()).toEqual({ detail: expect.stringContaining("https://evil.example") });
    expect((await health(listener.url, { origin: "null" })).status).toBe(403);
  });

  test("a page that the settings name may call, and read the answer", async () => {
    const { listener } = start({ ORCH_SERVER_CORS_ORIGINS: "https://a.example, https://b.example" });
    const answer = await health(listener.url, { origin: "https://b.example" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://b.example");
    expect((await health(listener.url, { origin: "https://c.example" })).status).toBe(403);
  });

  test("a page's question before the call is answered", async () => {
    const { listener } = start({ ORCH_SERVER_CORS_ORIGINS: "*" });
    const headers = { origin: "https://any.example", "access-control-request-headers": "x-prefect-api-version" };
    const answer = await fetch(`${listener.url}/api/flows/`, { method: "OPTIONS", headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-headers")).toBe("x-prefect-api-version");
    expect(answer.headers.get("access-control-allow-methods")).toContain("POST");
  });
});

describe("with an API key", () => {
  const cases: [authorization: string | undefined, status: number][] = [
    ["Bearer s3cret", 200],
    ["Bearer wrong!", 401],
    ["Bearer s3cret-and-more", 401],
    ["Bearer ", 401],
    [undefined, 401],
  ];
  for (const [authorization, status] of cases) {
    test(`'${authorization}' is answered ${status}`, async () => {
      const { listener } = start({ ORCH_SERVER_API_KEY: "s3cret" });
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      expect((await fetch(`${listener.url}/api/version`, { headers })).status).toBe(status);
    });
  }

  const open: [method: string, path: string, status: number][] = [
    ["GET", "/api/health", 200],
    ["HEAD", "/api/ready", 200],
    ["GET", "/ui-settings", 200],
    ["GET", "/", 302], // to the reference, which asks for the key
    ["GET", "/assets/index.js", 404],
    ["GET", "/metrics", 401],
    ["GET", "/docs", 401],
    ["GET", "/openapi.json", 401],
    ["GET", "/api/docs", 401],
    ["GET", "/api/../metrics", 401],
    ["GET", "/x/..//metrics", 404],
    ["GET", "/x/%2e%2e/metrics", 401],
    ["GET", "/api/health/../version", 401],
    ["GET", "/api/health/", 401],
    ["GET", "/api", 401],
    ["GET", "//api/version", 404],
    ["POST", "/api/health", 401],
    ["POST", "/", 401],
    ["OPTIONS", "/api/flows/", 401],
  ];
  for (const [method, path, status] of open) {
    test(`${method} ${path} without it is answered ${status}`, async () => {
      const { listener } = start({ ORCH_SERVER_API_KEY: "s3cret" });
      expect(await rawStatus(listener, `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).toBe(status);
    });
  }

  test("an allowed page's question before the call needs none, the call does", async () => {
    const { listener } = start({ ORCH_SERVER_API_KEY: "s3cret", ORCH_SERVER_CORS_ORIGINS: "https://a.example" });
    const ask = (method: string, origin: string) =>
      fetch(`${listener.url}/api/flows/`, { method, headers: { origin, "access-control-request-method": "POST" } });
    expect((await ask("OPTIONS", "https://a.example")).status).toBe(200);
    expect((await ask("POST", "https://a.example")).status).toBe(401);
    expect((await ask("OPTIONS", "https://b.example")).status).toBe(403);
  });

  test("an address that others reach is refused without one, and bound with one", async () => {
    expect(() => start({}, "0.0.0.0")).toThrow(/ORCH_SERVER_API_KEY/);
    const { listener } = start({ ORCH_SERVER_API_KEY: "k" }, "0.0.0.0");
    const headers = { host: "any.name.example", authorization: "Bearer k" };
    expect((await health(`http://127.0.0.1:${listener.port}`, headers)).status).toBe(200);
  });
});

describe("what is sent", () => {
  test("a body that says it is larger than 8 MB is refused with 413 before it is read", async () => {
    const { listener } = start();
    const answer = Promise.withResolvers<string>();
    const socket = connect(listener.port, "127.0.0.1", () => {
      socket.write(`POST /api/logs/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${9 * 1024 * 1024}\r\n\r\n[`);
    });
    let text = "";
    socket.on("data", (chunk) => (text += String(chunk)));
    // The connection ends with the answer: what would follow is no request.
    socket.on("close", () => answer.resolve(text));
    expect(await answer.promise).toMatch(
      /^HTTP\/1.1 413 .*content-type: application\/json.*{"detail":"The body is larger than 8 MB."}$/is,
    );
  });

  test("a body in pieces that is not too large is read as any other", async () => {
    const { listener } = start();
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = connect(listener.port, "127.0.0.1", () => {
      socket.write("POST /api/flows/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (const piece of ['{"na', 'me": "gr', "ü", 'n"}'])
        socket.write(`${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`);
      socket.write("0\r\n\r\n");
    });
    socket.on("data", (chunk) => resolve(String(chunk)));
    expect(await promise).toContain('"name":"grün"');
    socket.destroy();
  });

  const HEADERS: [what: string, head: string, status: number][] = [
    ["14 KB of headers", `X: ${"y".repeat(14_000)}\r\n`, 200],
    ["20 KB of headers", `X: ${"y".repeat(20_000)}\r\n`, 431],
    ["300 headers", Array.from({ length: 300 }, (_, index) => `X-${index}: 1\r\n`).join(""), 431],
    ["a second host", "Host: evil.example\r\n", 403],
    ["two lengths", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400],
  ];
  for (const [what, head, status] of HEADERS) {
    test(`a request with ${what} is answered ${status}`, async () => {
      const { listener } = start();
      const request = `GET /api/health HTTP/1.1\r\nHost: localhost\r\n${head}\r\n`;
      expect(await rawStatus(listener, request)).toBe(status);
    });
  }

  test("a client that leaves in the middle of its body is no defect", async () => {
    const { app, listener } = start();
    const closed = Promise.withResolvers<void>();
    const socket = connect(listener.port, "127.0.0.1", () => {
      socket.write("POST /api/logs/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n[");
      socket.end(() => socket.destroy());
    });
    socket.on("close", () => closed.resolve());
    await closed.promise;
    expect((await health(listener.url)).status).toBe(200);
    expect(app.logged).toEqual([]);
  });

  test("HEAD answers as GET does, without the body", async () => {
    const { listener } = start();
    const answer = await fetch(`${listener.url}/api/health`, { method: "HEAD" });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });
});

describe("the end", () => {
  test("a held request is answered, and then nobody answers any more", async () => {
    const { app, listener } = start();
    const queue = await app.send("POST", "/work_queues/", { name: "q" });
    const { id }: { id: string } = queue.body;
    const held = fetch(`${listener.url}/api/work_queues/${id}/get_runs`, {
      method: "POST",
      headers: { prefer: "wait=50" },
      body: "{}",
    });
    // The server has the request once it has answered one that was sent after it.
    await health(listener.url);
    await listener.stop();
    const answer = await held;
    expect([answer.status, await answer.json()]).toEqual([200, []]);
    await expect(health(listener.url)).rejects.toThrow();
  });

  test("events end, and are not cut off", async () => {
    const { listener } = start();
    const events = listenTo(await fetch(`${listener.url}/api/orch/events`));
    await events.until("ready", 1);
    await listener.stop();
    await events.ended;
  });

  test("stopping twice is stopping once", async () => {
    const { listener } = start();
    await listener.stop();
    await listener.stop();
  });
});

describe("a port that cannot be had", () => {
  const { app, listener } = start();
  const taken = { app, listener };
  open.splice(0);
  afterAll(async () => {
    await taken.listener.stop();
    await taken.app.close();
  });

  test("is said to be taken, with its number", () => {
    const port = taken.listener.port;
    expect(() => serve(taken.app.app, { host: "127.0.0.1", port })).toThrow(
      expect.objectContaining({ code: "conflict", message: expect.stringContaining(`Port ${port}`) }),
    );
  });

  test("of an address that is not this machine's is said to be unbindable", () => {
    const app = testApp({ settings: { ORCH_SERVER_API_KEY: "k" }, services: false });
    expect(() => serve(app.app, { host: "192.0.2.1", port: 0 })).toThrow(/192\.0\.2\.1:0 cannot be bound/);
    return app.close();
  });
});

describe("behind a proxy that leaves its path in place (ORCH_UI_BASE_PATH)", () => {
  const KEY = { ORCH_UI_BASE_PATH: "/orch/", ORCH_SERVER_API_KEY: "k" };
  const withKey = { authorization: "Bearer k" };

  test("addresses work with the path and without it", async () => {
    const { listener } = start({ ORCH_UI_BASE_PATH: "orch" });
    for (const path of ["/orch/api/health", "/api/health", "/orch/api/flows/count?x=1"]) {
      const method = path.includes("count") ? "POST" : "GET";
      expect((await fetch(listener.url + path, { method })).status).toBe(200);
    }
    expect((await fetch(`${listener.url}/orchard/api/health`)).status).toBe(404);
  });

  test("the path without its last slash leads to the path, and a call to its slash keeps the path", async () => {
    const { listener } = start({ ORCH_UI_BASE_PATH: "/tools/orch" });
    const leadsTo = async (path: string, method = "GET") => {
      const { status, headers } = await fetch(listener.url + path, { method, redirect: "manual" });
      return [status, new URL(headers.get("location") ?? "", listener.url + path).pathname];
    };
    expect(await leadsTo("/tools/orch")).toEqual([307, "/tools/orch/"]);
    expect(await leadsTo("/tools/orch/api/flows", "POST")).toEqual([307, "/tools/orch/api/flows/"]);
    expect(await leadsTo("/api/flows", "POST")).toEqual([307, "/api/flows/"]);
  });

  test("a body comes along", async () => {
    const { listener } = start({ ORCH_UI_BASE_PATH: "/orch" });
    const body = JSON.stringify({ name: "say-hi" });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${listener.url}/orch/api/flows/`, { method: "POST", body, headers });
    expect([answer.status, ((await answer.json()) as { name: string }).name]).toEqual([201, "say-hi"]);
  });

  test("what needs a key needs it below the path too", async () => {
    const { listener } = start(KEY);
    const status = async (path: string, headers = {}) => (await fetch(listener.url + path, { headers })).status;
    expect(await status("/orch/api/admin/version")).toBe(401);
    expect(await status("/orch/api/admin/version", withKey)).toBe(200);
    expect(await status("/orch/docs")).toBe(401);
  });

  test("a browser that asks for the reference without a key is led to the page that asks for it, below the path", async () => {
    const { listener } = start(KEY);
    for (const [path, page] of [
      ["/docs", "/api-reference"],
      ["/orch/docs", "/orch/api-reference"],
      ["/orch/api/docs", "/orch/api-reference"],
    ] as const) {
      const accept = "text/html,application/xhtml+xml";
      const { status, headers } = await fetch(listener.url + path, { headers: { accept }, redirect: "manual" });
      const place = new URL(headers.get("location") ?? "", listener.url + path);
      expect([path, status, place.pathname]).toEqual([path, 302, page]);
    }
  });
});
