import * as Sentry from "@sentry/node";
import { flow, getRunLogger } from "orch";

/** Sentry reports an error that a task threw, to a local address. */
export const example = flow(async function example(text: string = "broken") {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const line = (await request.text()).split("\n").find((part) => part.includes('"exception"'));
      if (line) resolve(JSON.parse(line).exception.values[0].value);
      return Response.json({});
    },
  });
  Sentry.init({ dsn: `http://key@127.0.0.1:${server.port}/1`, defaultIntegrations: false });
  Sentry.captureException(new Error(text));
  await Sentry.flush(2000);
  getRunLogger().info(`reported: ${await promise}`);
  await Sentry.close();
  await server.stop(true);
});
