import fetch, { Headers } from "node-fetch";
import { flow, getRunLogger } from "orch";
import { type Echo, localServer } from "./local-server.ts";

export const example = flow(async function example(day: string = "monday") {
  const server = localServer();
  const headers = new Headers({ "content-type": "application/json" });
  const answer = await fetch(new URL(`/rows?day=${day}`, server.url), { method: "POST", headers, body: '{"n":1}' });
  const echo = (await answer.json()) as Echo;
  const missing = await fetch(new URL("/missing", server.url));
  getRunLogger().info(`${echo.path} ${echo.body} ${missing.status}`);
  await server.stop(true);
});
