// Makes runs in the home given, as a process of its own: `bun event-writer.ts HOME RUNS`.
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { systemClock } from "#lib/clock.ts";
import { createApp } from "#server/app.ts";
import { testSettings } from "../settings.ts";

const [home = "", runs = "0"] = process.argv.slice(2);
const db = openDatabase(join(home, "orch.db"));
const app = createApp({ db, clock: systemClock, settings: testSettings({ ORCH_HOME: home }), services: false });

async function post(path: string, body: object): Promise<{ id: string }> {
  const answer = await app.fetch(new Request(`http://h/api${path}`, { method: "POST", body: JSON.stringify(body) }));
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as { id: string }; // what all of them answer with
}

const { id } = await post("/flows/", { name: "written" });
const one = () => post("/flow_runs/", { flow_id: id, state: { type: "PENDING" } });
for (let made = 0; made < Number(runs); made += 10) await Promise.all(Array.from({ length: 10 }, one));
await app.stop();
await db.close();
