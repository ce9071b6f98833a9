import { flow, getRunLogger, task } from "orch";
import pg from "pg";

interface Order {
  id: number;
  tags: string[];
  paid: Date | null;
}

/** The folder of PostgreSQL's socket is its host. */
export const example = flow(async function example(host: string) {
  const pool = new pg.Pool({ host, user: "postgres", database: "postgres" });
  const fill = task(async function fill() {
    await pool.query("create table if not exists orders (id serial primary key, tags text[], paid timestamptz)");
    await pool.query("insert into orders (tags, paid) values ($1, $2), ($3, null)", [
      ["new", "big"],
      new Date("2026-11-27T10:00:00Z"),
      [],
    ]);
  });
  await fill();
  const { rows } = await pool.query<Order>("select * from orders order by id");
  getRunLogger().info(
    rows.map((row) => `${row.id}:${row.tags.length}:${row.paid?.toISOString() ?? "unpaid"}`).join(" "),
  );
  await pool.end();
});
