import { Database } from "bun:sqlite";
import { desc, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { flow, getRunLogger } from "orch";

const users = sqliteTable("users", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  name: text("name").notNull(),
  born: integer("born", { mode: "timestamp" }).notNull(),
});

type NewUser = typeof users.$inferInsert;

export const example = flow(async function example(user: NewUser = { name: "Ada", born: new Date("1815-12-10") }) {
  const sqlite = new Database(":memory:");
  sqlite.run("create table users (id integer primary key autoincrement, name text not null, born integer not null)");
  const db = drizzle(sqlite);
  db.insert(users)
    .values([user, { name: "Grace", born: new Date("1906-12-09") }])
    .run();
  const [last] = db.select().from(users).where(gt(users.id, 0)).orderBy(desc(users.born)).all();
  getRunLogger().info(`${last?.name} ${last?.born.getUTCFullYear()}`);
});
