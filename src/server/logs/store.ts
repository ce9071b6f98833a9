// Log records in the database.
import type { Reader, Tx } from "#db/connect.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import type { LogFilter } from "#wire/filters.ts";
import type { Log, LogCreate } from "#wire/logs.ts";
import { logConditions } from "../filters.ts";
import type { Page } from "../paging.ts";

const COLUMNS = "id, created, updated, name, level, message, timestamp, flow_run_id, task_run_id";

export function insertLogs(tx: Tx, clock: Clock, logs: readonly LogCreate[]): void {
  const now = timestampNow(clock);
  const sql = `insert into log (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  for (const log of logs) {
    const { name, level, message, timestamp, flow_run_id, task_run_id } = log;
    tx.run(sql, newId(), now, now, name, level, message, timestamp, flow_run_id, task_run_id);
  }
}

export function listLogs(q: Reader, filter: LogFilter | null, direction: "asc" | "desc", page: Page): Log[] {
  const where = filter ? logConditions(filter) : undefined;
  // Ids are in order of arrival: they settle the order of records with the same timestamp.
  const order = `order by timestamp ${direction}, id ${direction}`;
  const sql = `select ${COLUMNS} from log where ${where?.sql ?? "1 = 1"} ${order} limit ? offset ?`;
  return q.all<Log>(sql, ...(where?.params ?? []), page.limit, page.offset);
}
