import Anthropic from "@anthropic-ai/sdk";
import { flow, getRunLogger } from "orch";

/** Answers once that it is busy, then with the key and the text it was sent. */
function localModel() {
  let calls = 0;
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      calls += 1;
      if (calls === 1) return new Response("{}", { status: 529, headers: { "retry-after-ms": "1" } });
      const { messages }: { messages: { content: string }[] } = await request.json();
      const text = `${request.headers.get("authorization")}: ${messages[0]?.content.toUpperCase()}`;
      return Response.json({ type: "message", role: "assistant", content: [{ type: "text", text }] });
    },
  });
}

export const example = flow(async function example(prompt: string = "hello") {
  const server = localModel();
  const client = new Anthropic({ baseURL: server.url.origin, apiKey: "local" });
  const messages = [{ role: "user" as const, content: prompt }];
  const { content } = await client.messages.create({ model: "local", max_tokens: 9, messages });
  getRunLogger().info(content[0]?.type === "text" ? content[0].text : "no text");
  await server.stop(true);
});
