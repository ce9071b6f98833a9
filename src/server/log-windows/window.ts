// A window on the log of a run: some lines at a position, and where each try of the run begins.

import type { Reader } from "#db/connect.ts";
import { countRows } from "#db/rows.ts";
import { all, type Condition, condition, ROW } from "#db/sql.ts";
import type { LogWindow } from "#wire/runs/log-windows.ts";
import { chosen, IN_ORDER, type LinesMeant, linesAt, scopeWhere } from "./lines.ts";

export interface WindowQuestion {
  meant: LinesMeant;
  offset: number;
  fromEnd: boolean;
  limit: number;
}

interface Place {
  place: number;
  timestamp: string;
}

export function readLogWindow(q: Reader, { meant, offset: asked, fromEnd, limit }: WindowQuestion): LogWindow {
  const scope = scopeWhere(meant);
  const choice = chosen(meant);
  const where = all([scope, ...choice]);
  const starts = attemptsOf(q, meant);
  // All lines of a run are on an index, which is counted through; of some, the places are found once for all that is asked.
  const found = choice.length > 0 ? placesOf(q, where) : undefined;
  const count = found?.length ?? countOf(q, where);
  const offset = fromEnd ? Math.max(0, count - asked - limit) : asked;
  const length = fromEnd ? Math.max(0, count - asked - offset) : limit;
  const places = found?.slice(offset, offset + length) ?? placesOf(q, where, length, offset);
  const attempts = starts.map((started, index) => {
    const position = found
      ? found.findLastIndex(({ timestamp }) => timestamp < started) + 1
      : countOf(q, all([where, condition("log.timestamp < ?", started)]));
    return { number: index + 1, started, position };
  });
  const lines = linesAt(
    q,
    places.map(({ place }) => place),
  );
  return { count, offset, lines, attempts };
}

function placesOf(q: Reader, where: Condition, limit = -1, offset = 0): Place[] {
  const sql = `select log.${ROW} as place, log.timestamp from log where ${where.sql} ${IN_ORDER} limit ? offset ?`;
  return q.all<Place>(sql, ...where.params, limit, offset);
}

function countOf(q: Reader, where: Condition): number {
  return countRows(q, "log", where);
}

/** Tries of a run that are looked for. */
const MOST_ATTEMPTS = 1_000;

/** When the run became running, each time; but for one that came back from a pause, which is the same try. */
function attemptsOf(q: Reader, { flow_run_id, task_run_id }: LinesMeant): string[] {
  const [kind, id] = task_run_id === null ? ["flow_run", flow_run_id] : ["task_run", task_run_id];
  const states = q.all<{ type: string; timestamp: string }>(
    `select type, timestamp from ${kind}_state where ${kind}_id = ? order by timestamp limit ${MOST_ATTEMPTS}`,
    id,
  );
  let isPaused = false;
  return states.flatMap(({ type, timestamp }) => {
    const resumed = isPaused;
    if (type !== "SCHEDULED" && type !== "PENDING") isPaused = type === "PAUSED";
    return type === "RUNNING" && !resumed ? [timestamp] : [];
  });
}
