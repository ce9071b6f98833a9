// Log records that processes of runs have left in their files: sent by the agent, each once, and the files removed. A process
// keeps its records there until the server has them (src/engine/log-queue.ts), so one that is killed leaves what it had to send.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "#client/client.ts";
import { isAlive } from "#lib/alive.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { openRecordFile, type RecordFile } from "#lib/record-file.ts";
import { processSpace } from "#lib/run-folder.ts";
import { createLogs, type LogInput } from "#wire/logs.ts";

/** As the processes send them. */
const BATCH_BYTES = 1_000_000;
const NAME = /^(?<space>\d+)-(?<pid>\d+)-(?<run>[0-9a-f-]{36})(?:\.ending)?$/;

/** Where the process of a run keeps its records; undefined when there can be no such place. */
export function logFileFor(home: string, runId: string): string | undefined {
  const folder = join(home, "run-logs");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return join(folder, `${processSpace()}-${process.pid}-${runId}`);
  } catch {
    return undefined; // it keeps them in its memory
  }
}

/** Files whose agent is gone, and the notices beside them, by the ids of their runs. */
export function orphanedLogFiles(home: string): { runId: string; path: string }[] {
  const folder = join(home, "run-logs");
  const space = processSpace();
  return namesIn(folder).flatMap((name) => {
    const parts = NAME.exec(name)?.groups;
    const isOurs = parts?.["space"] === space && !isAlive(Number(parts["pid"]));
    return isOurs ? [{ runId: parts["run"] ?? "", path: join(folder, name) }] : [];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no run has been started
  }
}

/** Sends what the file holds and has not marked as sent, then removes it. Safe to repeat: the server knows each record. */
export async function sendLeft(file: RecordFile, call: Client["call"]): Promise<void> {
  try {
    await sendAll(file, call);
  } catch (error) {
    file.close();
    throw error;
  }
  file.remove();
}

async function sendAll(file: RecordFile, call: Client["call"]): Promise<void> {
  for (;;) {
    const { records, end } = file.next(BATCH_BYTES);
    if (records.length === 0) return;
    const body = records.map(recordIn).filter((record) => record !== undefined);
    if (body.length > 0) await call(createLogs, { body });
    file.markSent(end);
  }
}

/** The last line may have been cut off. */
function recordIn(text: string): LogInput | undefined {
  const record = tryParseJson(text);
  return isObject(record) ? (record as unknown as LogInput) : undefined; // written by the engine, or cut off
}

/** Opens a file for `sendLeft`; undefined when its process has sent everything. */
export function leftLogs(path: string | undefined): RecordFile | undefined {
  return path === undefined ? undefined : openRecordFile(path);
}
