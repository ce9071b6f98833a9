// Whether the server can do its work, and why not.
import { expect, test } from "bun:test";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import type { LoopReport } from "#lib/loop.ts";
import { createReadiness, type ReadinessSources } from "#server/metrics/readiness.ts";
import { testApp } from "../../app.ts";
import { manualClock } from "../../clock.ts";

function setup(changes: Partial<ReadinessSources> = {}, path = ":memory:") {
  const db = openDatabase(path);
  const clock = manualClock();
  const stopping = new AbortController();
  const sources = {
    context: { db, clock },
    loops: [],
    prepared: async () => {},
    stopping: stopping.signal,
    ...changes,
  };
  return { db, clock, stopping, obstacle: createReadiness(sources) };
}

function loop(name: string, dueSince: number | undefined) {
  const report: LoopReport = { passes: 0, failures: 0, millis: 0, longestMillis: 0, dueSince };
  return { name, loop: { report: () => report } };
}

test("a server with all its parts is ready, until it stops", async () => {
  const { db, clock, stopping, obstacle } = setup();
  expect(await obstacle()).toBeUndefined();
  clock.advance(1);
  stopping.abort();
  expect(await obstacle()).toBe("The server is stopping.");
  await db.close();
});

test("block types that are not there yet are waited for a little, then named", async () => {
  const gate = Promise.withResolvers<void>();
  const { db, clock, obstacle } = setup({ prepared: () => gate.promise });
  const asked = obstacle();
  // Every turn is a chance for the question to come to its sleep.
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  clock.advance(1);
  expect(await asked).toBe("The block types are being registered.");
  gate.resolve();
  expect(await obstacle()).toBeUndefined();
  await db.close();
});

test("block types that could not be registered are named with the cause", async () => {
  const { db, obstacle } = setup({ prepared: () => Promise.reject(new Error("disk is full")) });
  expect(await obstacle()).toBe("The block types could not be registered: disk is full");
  await db.close();
});

test("a database that cannot be read, or whose file is gone, is named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "orch-ready-"));
  const path = join(folder, "orch.db");
  const { db, obstacle } = setup({}, path);
  expect(await obstacle()).toBeUndefined();
  renameSync(path, `${path}.away`);
  expect(await obstacle()).toBe("The file of the database is gone.");
  renameSync(`${path}.away`, path);
  await db.close();
  expect(await obstacle()).toContain("The database cannot be read: ");
  rmSync(folder, { recursive: true });
});

test("a loop that is not running, or stuck, is named", async () => {
  const now = manualClock().now();
  const cases: [dueSince: number | undefined, sentence: string | undefined][] = [
    [now + 60_000, undefined],
    [now - 5_000, undefined],
    [undefined, "The loop 'late-runs' is not running."],
    [now - 700_000, "The loop 'late-runs' is stuck: overdue, or in one pass, for 700 s."],
  ];
  for (const [dueSince, sentence] of cases) {
    const { db, obstacle } = setup({ loops: [loop("scheduler", now), loop("late-runs", dueSince)] });
    expect(await obstacle()).toBe(sentence);
    await db.close();
  }
});

test("/api/ready answers true, or 503 with the reason; /api/health answers meanwhile", async () => {
  const app = testApp();
  const reason: { status: number; body: { detail?: string } } = await app.send("GET", "/ready");
  expect(reason).toMatchObject({ status: 503, body: { detail: expect.stringContaining("is not running") } });
  expect(await app.send("GET", "/health")).toEqual({ status: 200, body: true as never });
  app.app.start();
  expect(await app.send("GET", "/ready")).toEqual({ status: 200, body: true as never });
  await app.app.stop();
  expect(await app.send("GET", "/ready")).toMatchObject({ status: 503 });
  await app.close();
});
