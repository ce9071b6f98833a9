// Which lines of the log are meant, as SQL, and the lines of given places.
import type { Reader } from "#db/connect.ts";
import { all, atPlaces, type Condition, condition, containsText, inList, ROW } from "#db/sql.ts";
import { OrchError } from "#lib/errors.ts";
import { type LogLine, MOST_MESSAGE_LETTERS } from "#wire/runs/log-windows.ts";
import { rowsOfPage } from "../kernel/paging.ts";

export interface LogScope {
  flow_run_id: string | null;
  task_run_id: string | null;
}

export interface LinesMeant extends LogScope {
  level: number | null;
  text: string | null;
  loggers: readonly string[] | null;
}

/** Throws `invalid` where no run is named. */
export function scopeWhere({ flow_run_id, task_run_id }: LogScope): Condition {
  const found = [
    ...(flow_run_id === null ? [] : [condition("log.flow_run_id = ?", flow_run_id)]),
    ...(task_run_id === null ? [] : [condition("log.task_run_id = ?", task_run_id)]),
  ];
  if (found.length > 0) return all(found);
  throw new OrchError("invalid", "Whose log? Name a run with 'flow_run_id' or 'task_run_id'.");
}

/** Conditions beside those on the run; none when all its lines are meant. */
export function chosen({ level, text, loggers = null }: Partial<LinesMeant>): Condition[] {
  return [
    ...(level === null || level === undefined ? [] : [condition("log.level >= ?", level)]),
    ...(text ? [containsText("log.message", text)] : []),
    ...(loggers === null ? [] : [inList("log.name", loggers)]),
  ];
}

export const IN_ORDER = `order by log.timestamp, log.${ROW}`;

const COLUMNS = `log.timestamp, log.level, log.name, substr(log.message, 1, ${MOST_MESSAGE_LETTERS}) as message,
  max(0, length(log.message) - ${MOST_MESSAGE_LETTERS}) as letters_left_out, log.task_run_id`;

/** In the order of time. */
export function linesAt(q: Reader, places: readonly number[]): LogLine[] {
  if (places.length === 0) return [];
  const where = atPlaces("log", places);
  const sql = `select ${COLUMNS} from log where ${where.sql} ${IN_ORDER}`;
  return rowsOfPage(q.each<LogLine>(sql, ...where.params), ["message", "name"]);
}
