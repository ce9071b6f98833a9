import { type Generated, Kysely, PostgresDialect } from "kysely";
import { flow, getRunLogger } from "orch";
import pg from "pg";

interface Database {
  pets: { id: Generated<number>; name: string; age: number };
}

export const example = flow(async function example(host: string) {
  const pool = new pg.Pool({ host, user: "postgres", database: "postgres" });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  await db.schema
    .createTable("pets")
    .addColumn("id", "serial", (column) => column.primaryKey())
    .addColumn("name", "text")
    .addColumn("age", "integer")
    .execute();
  await db
    .insertInto("pets")
    .values([
      { name: "Ada", age: 3 },
      { name: "Bo", age: 9 },
    ])
    .execute();
  const old = await db.selectFrom("pets").select(["id", "name"]).where("age", ">", 5).executeTakeFirstOrThrow();
  getRunLogger().info(`${old.id} ${old.name}`);
  await db.destroy();
});
