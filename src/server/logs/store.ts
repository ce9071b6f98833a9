// Log records in the database.

import type { Reader, Tx } from "#db/connect.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { parseTimestamp } from "#lib/time/timestamps.ts";
import type { LogFilter } from "#wire/filters.ts";
import type { Log, LogCreate, LogPage } from "#wire/runs/logs.ts";
import { logConditions } from "../kernel/filters.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";

const COLUMNS = "id, created, updated, name, level, message, timestamp, flow_run_id, task_run_id";

/** A line with an id that is there already is the same line. */
export function insertLogs(tx: Tx, clock: Clock, logs: readonly LogCreate[]): void {
  const now = timestampNow(clock);
  const sql = `insert into log (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`;
  for (const log of logs) {
    const { id, name, level, message, timestamp, flow_run_id, task_run_id } = log;
    tx.run(sql, id ?? newId(), now, now, name, level, message, timestamp, flow_run_id, task_run_id);
  }
}

type Direction = "asc" | "desc";

/** Row ids are in order of arrival: they settle the order of records with the same timestamp, and every index ends in them. */
const inOrder = (direction: Direction) => `order by timestamp ${direction}, rowid ${direction}`;

export function listLogs(q: Reader, filter: LogFilter | null, direction: Direction, page: Page): Log[] {
  const where = filter ? logConditions(filter) : undefined;
  const sql = `select ${COLUMNS} from log where ${where?.sql ?? "1 = 1"} ${inOrder(direction)} limit ? offset ?`;
  return rowsOfPage(q.each<Log>(sql, ...(where?.params ?? []), page.limit, page.offset), ["message", "name"], page);
}

/** Characters of messages in one page; records are read until there are so many. */
const PAGE_LENGTH = 2_000_000;

export interface LogQuestion {
  filter: LogFilter | null;
  direction: Direction;
  limit: number;
  /** The cursor of the page before. */
  after: string | null;
}

/** Throws `invalid` for a cursor that is none. */
export function readLogPage(q: Reader, { filter, direction, limit, after }: LogQuestion): LogPage {
  const where = filter ? logConditions(filter) : undefined;
  const edge = after === null ? [] : edgeOf(after);
  const beyond = edge.length === 0 ? "" : `and (timestamp, rowid) ${direction === "asc" ? ">" : "<"} (?, ?)`;
  const sql = `select ${COLUMNS}, rowid as row from log where ${where?.sql ?? "1 = 1"} ${beyond} ${inOrder(direction)} limit ?`;
  const logs: Log[] = [];
  let cursor = after;
  let length = 0;
  // One more than is answered, to know whether there are others.
  for (const { row, ...log } of q.each<Log & { row: number }>(sql, ...(where?.params ?? []), ...edge, limit + 1)) {
    if (logs.length === limit || length >= PAGE_LENGTH) return { logs, cursor, more: true };
    logs.push(log);
    length += log.message.length;
    cursor = `${log.timestamp}/${row}`;
  }
  return { logs, cursor, more: false };
}

function edgeOf(cursor: string): [timestamp: string, row: number] {
  const [time = "", row = ""] = cursor.split("/");
  const timestamp = parseTimestamp(time);
  if (timestamp !== null && /^\d{1,15}$/.test(row)) return [timestamp, Number(row)];
  throw new OrchError("invalid", `'${cursor}' is no cursor of an answer: leave 'after' out to begin.`);
}
