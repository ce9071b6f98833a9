// Rows by the names of their columns: what is undefined is left out, and null is a value.
import { afterAll, expect, test } from "bun:test";
import { openDatabase } from "#db/connect.ts";
import { countRows, insertRow, updateRow } from "#db/rows.ts";
import { condition } from "#db/sql.ts";

const db = openDatabase(":memory:");
afterAll(() => db.close());

const NOW = "2026-11-28T12:00:00.000000+00:00";
const flow = (id: string, name: string) => ({ id, created: NOW, updated: NOW, name, tags: undefined });

test("a row is inserted, updated and counted", async () => {
  const found = await db.write((tx) => {
    insertRow(tx, "flow", flow("a", "first"));
    const again = insertRow(tx, "flow", flow("b", "first"), "on conflict (name) do nothing");
    const changed = updateRow(tx, "flow", { name: "second", updated: undefined }, condition("id = ?", "a"));
    const unknown = updateRow(tx, "flow", { name: "third" }, condition("id = ?", "b"));
    const counts = [countRows(tx, "flow"), countRows(tx, "flow", condition("name = ?", "first"))];
    return { again, changed, unknown, counts, row: tx.get("select name, updated, tags from flow where id = ?", "a") };
  });
  expect(found).toEqual({
    ...{ again: 0, changed: true, unknown: false, counts: [1, 0] },
    row: { name: "second", updated: NOW, tags: "[]" },
  });
});
