import knex from "knex";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(host: string) {
  const db = knex({ client: "pg", connection: { host, user: "postgres", database: "postgres" } });
  await db.schema.createTable("cities", (table) => {
    table.increments("id");
    table.string("name");
    table.integer("people");
  });
  const total = await db.transaction(async (trx) => {
    await trx("cities").insert([
      { name: "Bern", people: 134 },
      { name: "Thun", people: 44 },
    ]);
    return trx("cities").sum("people as people").first();
  });
  getRunLogger().info(`people ${total?.["people"]}`);
  await db.destroy();
});
