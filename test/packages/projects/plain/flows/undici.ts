import { flow, getRunLogger } from "orch";
import { fetch, request } from "undici";
import { type Echo, localServer } from "./local-server.ts";

export const example = flow(async function example(day: string = "monday") {
  const server = localServer();
  const answer = await request(new URL(`/rows?day=${day}`, server.url), { method: "POST", body: '{"n":1}' });
  const echo = (await answer.body.json()) as Echo;
  const missing = await fetch(new URL("/missing", server.url));
  getRunLogger().info(`${echo.path} ${echo.body} ${missing.status}`);
  await server.stop(true);
});
