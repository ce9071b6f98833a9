import { Database as Sqlite } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { type ManualClock, manualClock } from "../clock.ts";

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const insert = (key: string) => `insert into configuration (key, value) values ('${key}', '1')`;

function setup() {
  const folder = mkdtempSync(join(tmpdir(), "orch-foreign-"));
  const path = join(folder, "orch.db");
  const clock = manualClock();
  const db = openDatabase(path, { clock });
  const other = new Sqlite(path);
  ends.push(() => rmSync(folder, { recursive: true }));
  ends.push(() => db.close());
  ends.push(() => other.close());
  const heard: string[] = [];
  const listen = (name: string) => db.onForeignWrite(() => heard.push(name));
  return { db, other, clock, heard, listen };
}

/** Lets the loop look, a few times. */
async function look(clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    clock.advance(0.1);
    await new Promise((next) => setImmediate(next));
  }
}

test("a write of another process is told to every listener, once", async () => {
  const { other, clock, heard, listen } = setup();
  listen("a");
  listen("b");
  other.run(insert("theirs"));
  await look(clock);
  expect(heard).toEqual(["a", "b"]);
  await look(clock);
  expect(heard).toEqual(["a", "b"]);
});

test("our own writes are no news", async () => {
  const { db, clock, heard, listen } = setup();
  listen("a");
  await db.write((tx) => tx.run(insert("ours")));
  await look(clock);
  expect(heard).toEqual([]);
});

test("who stopped listening hears nothing; who starts later hears only what comes then", async () => {
  const { other, clock, heard, listen } = setup();
  const stop = listen("early");
  await look(clock);
  stop();
  other.run(insert("meanwhile"));
  await look(clock);
  listen("late");
  await look(clock);
  expect(heard).toEqual([]);
  other.run(insert("then"));
  await look(clock);
  expect(heard).toEqual(["late"]);
});

test("closing while somebody listens is fine", async () => {
  const { db, listen } = setup();
  listen("a");
  await db.close();
  await db.close();
});
