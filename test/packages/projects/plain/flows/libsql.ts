import { createClient } from "@libsql/client";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(names: string[] = ["Ada", "Bo"]) {
  const db = createClient({ url: ":memory:" });
  await db.execute("create table people (name text)");
  await db.batch(
    names.map((name) => ({ sql: "insert into people values (?)", args: [name] })),
    "write",
  );
  const { rows } = await db.execute("select group_concat(name, '+') as names from people");
  getRunLogger().info(String(rows[0]?.["names"]));
  db.close();
});
