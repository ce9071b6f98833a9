import OpenAI from "openai";
import { flow, getRunLogger } from "orch";

/** A model that counts the words it was sent, in pieces, as the real API streams them. */
function localModel() {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { messages }: { messages: { content: string }[] } = await request.json();
      const pieces = [`${messages[0]?.content.split(" ").length}`, " words"];
      const events = pieces.map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
      const headers = { "content-type": "text/event-stream" };
      return new Response(`${events.join("")}data: [DONE]\n\n`, { headers });
    },
  });
}

export const example = flow(async function example(prompt: string = "how many words are these") {
  const server = localModel();
  const client = new OpenAI({ baseURL: `${server.url}v1`, apiKey: "local" });
  const messages = [{ role: "user" as const, content: prompt }];
  let answer = "";
  for await (const chunk of await client.chat.completions.create({ model: "local", messages, stream: true })) {
    answer += chunk.choices[0]?.delta.content ?? "";
  }
  getRunLogger().info(`answer: ${answer}`);
  await server.stop(true);
});
