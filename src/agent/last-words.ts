// Completes the log of a run whose process has ended: the records that it could not send, what it printed that is not in the
// log, and as the last line the reason of its end.
import type { Client } from "#client/client.ts";
import type { Clock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { parseTimestamp, toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import { listFlowRuns } from "#wire/runs/flow-runs.ts";
import { createLogs, type Log, type LogInput, listLogs } from "#wire/runs/logs.ts";
import { leftLogs, sendLeft } from "./left-logs.ts";

const LOGGER = "prefect.flow_runs";
const LEVELS: Readonly<Record<string, number>> = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 };
/** `12:34:56.789 | INFO    | Flow run 'calm-crow' - message`, as engines print their records. */
const PRINTED_RECORD = /^\d\d:\d\d:\d\d\.\d{3} \| ([A-Z]+) +\| .*? - (.*)$/;
/** The API gives no more at a time; what is kept of the output is not longer. */
const RECORDS_COMPARED = 200;

export interface LastWords {
  runId: string;
  call: Client["call"];
  clock: Clock;
  /** Where the process kept its records. */
  logFile: string | undefined;
  /** What the process printed last. Null where the log lacks nothing: the run has ended by itself. */
  printed: readonly string[] | null;
  /** Null for a run whose log has the reason. */
  reason: string | null;
  /** Of the line with the reason: given by a caller that comes again when it did not hear the answer. */
  reasonId?: string | null;
}

/** Repeats no call by itself: `call` does, or the caller. */
export async function completeLog(words: LastWords): Promise<void> {
  const { runId, call, clock, logFile, printed, reason, reasonId } = words;
  const file = leftLogs(logFile);
  if (file) await sendLeft(file, call);
  if (printed === null && reason === null) return;
  const known = await newestRecords(call, [runId]);
  let missing = linesMissing(printed ?? [], known);
  if (missing.length > 0) {
    const subflows = await subflowsOf(call, [runId]); // their lines are in logs of their own
    if (subflows.length > 0) missing = linesMissing(printed ?? [], await newestRecords(call, [runId, ...subflows]));
  }
  const lines = reason === null ? missing : [...missing, { level: LEVELS["ERROR"] ?? 0, message: reason }];
  const newest = known[0] ? toMillis(parseTimestamp(known[0].timestamp) ?? "") : 0;
  // After everything that is there, whatever the clock of its writer.
  const from = Math.max(clock.now(), newest + 0.001);
  const records = lines
    .filter(({ message }) => message !== known[0]?.message || message !== reason)
    .map(({ level, message }, index): LogInput => {
      const timestamp = toTimestamp(from + index / 1000);
      const id = (message === reason ? reasonId : null) ?? newId();
      return { id, name: LOGGER, level, message, timestamp, flow_run_id: runId, task_run_id: null };
    });
  if (records.length > 0) await call(createLogs, { body: records });
}

function newestRecords(call: Client["call"], flowRunIds: string[]): Promise<Log[]> {
  const logs = { flow_run_id: { any_: flowRunIds } };
  return call(listLogs, { body: { logs, limit: RECORDS_COMPARED, sort: "TIMESTAMP_DESC" } });
}

/** Ids of the runs within the runs that had the same process, at any depth. */
async function subflowsOf(call: Client["call"], parents: string[]): Promise<string[]> {
  const body = { flow_runs: { parent_flow_run_id: { any_: parents } }, sort: "EXPECTED_START_TIME_DESC" } as const;
  const runs = await call(listFlowRuns, { body: { ...body, limit: RECORDS_COMPARED } });
  const ids = runs.filter(({ deployment_id }) => deployment_id === null).map(({ id }) => id);
  return ids.length === 0 ? [] : [...ids, ...(await subflowsOf(call, ids))];
}

interface Line {
  level: number;
  message: string;
}

/** Lines of the output that no record of the log has. */
function linesMissing(printed: readonly string[], records: readonly Log[]): Line[] {
  const known = new Map<string, number>();
  for (const line of records.flatMap(({ message }) => message.split("\n")).map(plain)) {
    known.set(line, (known.get(line) ?? 0) + 1);
  }
  return printed.flatMap((text) => {
    const [, level = "INFO", message = text] = PRINTED_RECORD.exec(text) ?? [];
    const line = plain(message);
    const left = known.get(line) ?? 0;
    known.set(line, left - 1);
    return line === "" || left > 0 ? [] : [{ level: LEVELS[level] ?? 20, message: line }];
  });
}

/** Without what a terminal would act on, and without what is no text. */
function plain(line: string): string {
  return Bun.stripANSI(line)
    .replace(/[^\P{Cc}\t]/gu, "")
    .trimEnd();
}
