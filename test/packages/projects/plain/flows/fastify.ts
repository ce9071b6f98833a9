import Fastify from "fastify";
import { flow, getRunLogger } from "orch";

const schema = { querystring: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] } };

export const example = flow(async function example(n: number = 20) {
  const app = Fastify();
  app.get<{ Querystring: { n: number } }>("/double", { schema }, async ({ query }) => ({ n: query.n * 2 }));
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const good = await fetch(`${address}/double?n=${n}`);
  const bad = await fetch(`${address}/double`);
  getRunLogger().info(`${await good.text()} ${bad.status}`);
  await app.close();
});
