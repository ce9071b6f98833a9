import got, { HTTPError } from "got";
import { flow, getRunLogger } from "orch";
import { type Echo, localServer } from "./local-server.ts";

export const example = flow(async function example(day: string = "monday") {
  const server = localServer();
  const client = got.extend({ prefixUrl: server.url.href, retry: { limit: 0 } });
  const echo = await client.post("rows", { json: { n: 1 }, searchParams: { day } }).json<Echo>();
  const failed = await client("missing").catch((error: unknown) => error);
  getRunLogger().info(`${echo.path} ${echo.body} ${failed instanceof HTTPError && failed.response.statusCode}`);
  await server.stop(true);
});
