import { WebClient } from "@slack/web-api";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(channel: string = "#data") {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const sent = new URLSearchParams(await request.text());
      return Response.json({ ok: true, ts: "1.0", message: { text: `${sent.get("channel")}: ${sent.get("text")}` } });
    },
  });
  const client = new WebClient("xoxb-local", { slackApiUrl: `${server.url}api/` });
  const { message } = await client.chat.postMessage({ channel, text: "rows are in" });
  getRunLogger().info(message?.text ?? "no answer");
  await server.stop(true);
});
