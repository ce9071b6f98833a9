// Events that clients of later releases send over a web socket are taken and dropped.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { type Listener, serve } from "#server/serve.ts";
import { type TestApp, testApp } from "../app.ts";

let app: TestApp;
let listener: Listener;
beforeEach(() => {
  app = testApp({ services: false, settings: { ORCH_SERVER_API_KEY: "secret" } });
  listener = serve(app.app, { host: "127.0.0.1", port: 0 });
});
afterEach(async () => {
  await listener.stop();
  await app.close();
});

/** `open`, or how it ended. */
function connected(path: string, headers: Record<string, string>): Promise<{ socket: WebSocket; how: string }> {
  const socket = new WebSocket(`${listener.url.replace("http", "ws")}${path}`, { headers } as never); // Bun's own second argument
  return new Promise((resolve) => {
    socket.onopen = () => resolve({ socket, how: "open" });
    socket.onclose = () => resolve({ socket, how: "closed" });
  });
}

const KEY = { authorization: "Bearer secret" };

test("a socket stays open while events come", async () => {
  const { socket, how } = await connected("/api/events/in", KEY);
  expect(how).toBe("open");
  socket.send('{"event":"a"}');
  socket.send("no JSON");
  const ponged = new Promise((resolve) => socket.addEventListener("pong", resolve));
  (socket as WebSocket & { ping(): void }).ping(); // of Bun
  await ponged;
  expect(socket.readyState).toBe(WebSocket.OPEN);
  socket.close();
});

test("a server that stops does not wait for those who send", async () => {
  const { socket } = await connected("/api/events/in", KEY);
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  await listener.stop();
  await closed;
});

const refused: [title: string, path: string, headers: Record<string, string>][] = [
  ["without the key", "/api/events/in", {}],
  ["on another path", "/api/flows/", KEY],
  ["of a page of another site", "/api/events/in", { ...KEY, origin: "http://evil.example" }],
];
for (const [title, path, headers] of refused) {
  test(`a socket ${title} is refused`, async () => {
    expect((await connected(path, headers)).how).toBe("closed");
  });
}
