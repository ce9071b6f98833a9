// Log records that processes of runs have left in their files: sent by the agent, each once, and the files removed. A process
// keeps its records there until the server has them (src/engine/logs/log-queue.ts), so one that is killed leaves what it had to send.
import type { Client } from "#client/client.ts";
import { openRecordFile, type RecordFile } from "#lib/files/record-file.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { createLogs, type LogInput } from "#wire/runs/logs.ts";

/** As the processes send them. */
const BATCH_BYTES = 1_000_000;

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
