// What the process of a run has left in its file, against a real server: each line is stored once.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leftLogs, sendLeft } from "#agent/left-logs.ts";
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { createRecordFile } from "#lib/files/record-file.ts";
import { newId } from "#lib/ids.ts";
import { createLogs, type LogInput, listLogs } from "#wire/runs/logs.ts";
import { type TestApp, testApp } from "../app.ts";

let app: TestApp;
let folder: string;
beforeEach(() => {
  app = testApp({ services: false });
  folder = mkdtempSync(join(tmpdir(), "orch-left-"));
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const run = newId();
/** All of one moment: their order is that in which they were written. */
const lines = Array.from({ length: 10 }, (_, n): LogInput => {
  const timestamp = "2026-11-23T12:00:00.000000+00:00";
  return { id: newId(), name: "n", level: 20, message: `line ${n}`, timestamp, flow_run_id: run, task_run_id: null };
});

async function stored(): Promise<string[]> {
  const logs = await app.call(listLogs, { body: { logs: { flow_run_id: { any_: [run] } } } });
  return logs.map(({ message }) => message);
}

function leave(): string {
  const path = join(folder, "log");
  const file = createRecordFile(path);
  file.append(lines.map((line) => JSON.stringify(line)));
  file.close();
  return path;
}

const EVERY = lines.map(({ message }) => message);

test("R2: the process sent half of a batch and was killed before it marked it: each line is stored once", async () => {
  const path = leave();
  await app.call(createLogs, { body: lines.slice(0, 5) });
  const file = leftLogs(path);
  if (file) await sendLeft(file, app.call as Client["call"]);
  expect(await stored()).toEqual(EVERY);
});

test("R2: an answer that is lost does not double what is sent again", async () => {
  const path = leave();
  let lost = 0;
  const lossy: Client["call"] = async (endpoint, input) => {
    const answer = await app.call(endpoint, input);
    lost += 1;
    if (lost === 1) throw new OrchError("unavailable", "the answer was lost");
    return answer;
  };
  for (const file of [leftLogs(path), leftLogs(path)]) if (file) await sendLeft(file, lossy).catch(() => {});
  expect(await stored()).toEqual(EVERY);
  expect(leftLogs(path)).toBeUndefined();
});

test("R2: a line of the same moment as the newest that arrived is not left out", async () => {
  const path = leave();
  await app.call(createLogs, { body: lines.slice(0, 1) });
  const file = leftLogs(path);
  if (file) await sendLeft(file, app.call as Client["call"]);
  expect(await stored()).toHaveLength(10);
});
