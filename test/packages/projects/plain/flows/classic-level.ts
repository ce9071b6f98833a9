import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(keys: string[] = ["b", "a", "c"]) {
  const db = new ClassicLevel(mkdtempSync(join(tmpdir(), "level-")));
  await db.batch(keys.map((key) => ({ type: "put" as const, key, value: key.toUpperCase() })));
  const found: string[] = [];
  for await (const [key, value] of db.iterator({ gt: "a" })) found.push(key + value);
  getRunLogger().info(found.join(" "));
  await db.close();
});
