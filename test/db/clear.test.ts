// Emptying a database that stays open, on disk.
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-clear-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FLOW = "insert into flow (id, created, updated, name) values (?, 'now', 'now', ?)";
const RUN = "insert into flow_run (id, created, updated, name, flow_id) values (?, 'now', 'now', 'run', ?)";

test("rows that hang on each other go together, and writes before and after are kept apart", async () => {
  const db = openDatabase(join(folder, "orch.db"));
  const count = async (table: string) =>
    (await db.read((q) => q.get<{ n: number }>(`select count(*) n from ${table}`)))?.n;
  await db.write((tx) => {
    tx.run(FLOW, "1", "one");
    for (let id = 0; id < 500; id += 1) tx.run(RUN, String(id), "1");
  });
  const [, , after] = await Promise.all([
    db.write((tx) => tx.run(FLOW, "2", "two")),
    db.clear(),
    db.write((tx) => tx.run(FLOW, "3", "three")),
  ]);
  expect(after).toBe(1);
  await db.clear();
  expect([await count("flow"), await count("flow_run")]).toEqual([0, 0]);
  await db.write((tx) => tx.run(FLOW, "4", "four"));
  expect(await count("flow")).toBe(1);
  expect(db.write((tx) => tx.run(RUN, "9", "nowhere"))).rejects.toThrow("FOREIGN KEY");
  await db.close();
});
