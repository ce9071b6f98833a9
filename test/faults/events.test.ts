// A listener whose connection is cut again and again, while three processes write to the home of its server, misses nothing.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { systemClock } from "#lib/clock.ts";
import { createApp } from "#server/app.ts";
import { listenTo } from "../server/events/listener.ts";
import { testSettings } from "../settings.ts";

const WRITERS = 3;
const RUNS = 300;

test("every state of every writer is told, though the connection is cut again and again", async () => {
  const home = mkdtempSync(join(tmpdir(), "orch-events-"));
  const db = openDatabase(join(home, "orch.db"));
  const app = createApp({ db, clock: systemClock, settings: testSettings({ ORCH_HOME: home }), services: false });
  const told = new Set<string>();
  let connections = 0;
  let lastId = "";

  async function listenAgain(): Promise<void> {
    const headers: Record<string, string> = lastId === "" ? {} : { "last-event-id": lastId };
    const listener = listenTo(await app.fetch(new Request("http://h/api/orch/events", { headers })));
    expect(await listener.until("ready", 1)).toMatchObject([{ data: { resumed: connections > 0 } }]);
    connections += 1;
    lastId ||= listener.lastId();
    const missing = WRITERS * RUNS - told.size;
    if (connections > 1) await listener.until("flow-run-state", Math.min(100, missing));
    await listener.close();
    for (const { event, data } of listener.heard) if (event === "flow-run-state") told.add(String(data["id"]));
    lastId = listener.lastId();
  }

  await listenAgain();
  const command = ["bun", join(import.meta.dir, "event-writer.ts"), home, String(RUNS)];
  const writers = Array.from({ length: WRITERS }, () => Bun.spawn(command, { stderr: "inherit" }));
  while (told.size < WRITERS * RUNS) await listenAgain();
  expect(await Promise.all(writers.map((writer) => writer.exited))).toEqual([0, 0, 0]);
  const rows = await db.read((q) => q.all<{ id: string }>("select id from flow_run_state order by id"));
  expect([...told].toSorted()).toEqual(rows.map(({ id }) => id));
  expect(connections).toBeGreaterThanOrEqual(3);
  await app.stop();
  await db.close();
  rmSync(home, { recursive: true });
}, 60_000);
