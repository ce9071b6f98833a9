// Our server for one conversation, in this process.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { createApp } from "#server/app.ts";
import { testSettings } from "../settings.ts";
import { converse, type Scenario, type Step } from "./talk.ts";

/** Never the same time twice: rows are sorted by when they were made, and here thousands are made in a second. */
function strictClock(): Clock {
  let last = 0;
  return {
    ...systemClock,
    now() {
      last = Math.max(systemClock.now(), last + 0.001);
      return last;
    },
  };
}

export async function conversationWithOurs(scenario: Scenario): Promise<Step[]> {
  const home = mkdtempSync(join(tmpdir(), "orch-replay-"));
  const db = openDatabase(":memory:");
  const defects: string[] = [];
  const settings = testSettings({ ORCH_HOME: home });
  const app = createApp({ db, clock: strictClock(), settings, services: false, log: (line) => defects.push(line) });
  try {
    const send = (_: string, path: string, init: RequestInit) =>
      app.fetch(new Request(`http://127.0.0.1:4200/api${path}`, init));
    const steps = await converse(scenario, send);
    if (defects.length > 0) throw new Error(defects.join("\n"));
    return steps;
  } finally {
    await app.stop();
    await db.close();
    rmSync(home, { recursive: true, force: true });
  }
}
