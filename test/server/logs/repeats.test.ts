// R2: log lines that arrive more than once.
import { afterAll, expect, test } from "bun:test";
import { newId } from "#lib/ids.ts";
import type { Log } from "#wire/runs/logs.ts";
import { testApp } from "../../app.ts";

const app = testApp({ services: false });
afterAll(() => app.close());

const line = (flow_run_id: string, message: string) => ({
  ...{ name: "prefect.flow_runs", level: 20, message, flow_run_id },
  timestamp: "2026-11-23T12:00:00Z",
});

async function stored(flow_run_id: string): Promise<string[]> {
  const logs = { flow_run_id: { any_: [flow_run_id] } };
  const all: Log[] = (await app.send("POST", "/logs/filter", { logs })).body;
  const page: { logs: Log[] } = (await app.send("POST", "/orch/logs/filter", { logs })).body;
  expect(page.logs).toEqual(all);
  return all.map(({ message }) => message);
}

test("R2: a line that is sent again with its id is stored once, and the order stays", async () => {
  const run = newId();
  const lines = Array.from({ length: 6 }, (_, n) => ({ ...line(run, `line ${n}`), id: newId() }));
  // Half of a batch again with the rest, and all of it once more.
  for (const sent of [lines.slice(0, 4), lines.slice(2), lines]) {
    expect((await app.send("POST", "/logs/", sent)).status).toBe(201);
  }
  expect(await stored(run)).toEqual(lines.map(({ message }) => message));
});

test("R2: lines without an id, as Prefect's clients send them, are stored each time", async () => {
  const run = newId();
  for (let n = 0; n < 2; n += 1) await app.send("POST", "/logs/", [line(run, "same")]);
  expect(await stored(run)).toEqual(["same", "same"]);
});
