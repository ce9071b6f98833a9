import type { AddressInfo } from "node:net";
import { flow, getRunLogger } from "orch";
import { WebSocket, WebSocketServer } from "ws";

export const example = flow(async function example(text: string = "ping") {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(`${data} back`)));
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  client.on("open", () => client.send(text));
  const answer = await new Promise((resolve) => client.once("message", (data) => resolve(String(data))));
  getRunLogger().info(`answer: ${answer}`);
  client.close();
  server.close();
});
