import type { AddressInfo } from "node:net";
import express from "express";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(name: string = "Ada") {
  const app = express();
  app.use(express.json());
  app.post("/hello/:name", (request, response) => {
    response.status(201).json({ hello: request.params.name, n: request.body.n });
  });
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const body = JSON.stringify({ n: 5 });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`http://127.0.0.1:${port}/hello/${name}`, { method: "POST", headers, body });
  getRunLogger().info(`${answer.status} ${await answer.text()}`);
  server.close();
});
