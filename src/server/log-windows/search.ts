// Searches the whole log of a run: which lines are meant, and what is found among them.
import type { Reader } from "#db/connect.ts";
import { ALWAYS, all, ROW } from "#db/sql.ts";
import { type LogHits, type LogLine, type LogSummary, MOST_POSITIONS } from "#wire/runs/log-windows.ts";
import { chosen, IN_ORDER, type LinesMeant, type LogScope, linesAt, scopeWhere } from "./lines.ts";

export interface SearchQuestion {
  meant: LinesMeant;
  find: { text: string | null; level: number | null };
  from: number | null;
  direction: "next" | "previous";
  limit: number;
  context: number;
}

export function searchLog(q: Reader, { meant, find, from, direction, limit, context }: SearchQuestion): LogHits {
  const where = all([scopeWhere(meant), ...chosen(meant)]);
  const hit = all(chosen(find));
  const sql = `select log.${ROW} as place, ${hit === ALWAYS ? "1" : `(${hit.sql})`} as hit from log where ${where.sql} ${IN_ORDER}`;
  const places: number[] = [];
  const positions: number[] = [];
  for (const { place, hit: isHit } of q.each<{ place: number; hit: number }>(sql, ...hit.params, ...where.params)) {
    if (isHit === 1) positions.push(places.length);
    places.push(place);
  }
  const shown = nearest(positions, from, direction, limit);
  const lines = linesAround(q, places, shown, context);
  return {
    count: places.length,
    found: positions.length,
    positions: positions.slice(0, MOST_POSITIONS),
    hits: shown.map((position) => {
      const [first, last] = [Math.max(0, position - context), Math.min(places.length - 1, position + context)];
      const some = (begin: number, end: number) =>
        Array.from({ length: Math.max(0, end - begin + 1) }, (_, index) => lines.get(begin + index) ?? []).flat();
      const [line] = some(position, position);
      if (!line) throw new Error(`line ${position} was found and is not there`);
      return { position, line, before: some(first, position - 1), after: some(position + 1, last) };
    }),
  };
}

function nearest(
  positions: readonly number[],
  from: number | null,
  direction: "next" | "previous",
  limit: number,
): number[] {
  if (direction === "next") {
    const first = positions.findIndex((position) => position >= (from ?? 0));
    return first === -1 ? [] : positions.slice(first, first + limit);
  }
  const last = positions.findLastIndex((position) => position <= (from ?? Number.POSITIVE_INFINITY));
  return positions.slice(Math.max(0, last + 1 - limit), last + 1).toReversed();
}

/** By their positions. */
function linesAround(
  q: Reader,
  places: readonly number[],
  shown: readonly number[],
  context: number,
): Map<number, LogLine> {
  const wanted = new Set<number>();
  for (const position of shown) {
    for (let at = Math.max(0, position - context); at <= Math.min(places.length - 1, position + context); at += 1)
      wanted.add(at);
  }
  const inOrder = [...wanted].sort((a, b) => a - b);
  const lines = linesAt(
    q,
    inOrder.map((position) => places[position] ?? 0),
  );
  return new Map(lines.map((line, index) => [inOrder[index] ?? 0, line]));
}

const MOST_TASK_RUNS = 1_000;

export function summarizeLog(q: Reader, scope: LogScope): LogSummary {
  const where = scopeWhere(scope);
  interface Row {
    level: number;
    name: string;
    task: string | null;
    n: number;
  }
  const rows = q.all<Row>(
    `select level, name, task_run_id as task, count(*) as n from log where ${where.sql} group by level, name, task_run_id`,
    ...where.params,
  );
  const by = <K>(keyOf: (row: Row) => K): [K, number][] => {
    const groups = Map.groupBy(rows, keyOf);
    return [...groups].map(([key, some]) => [key, some.reduce((sum, { n }) => sum + n, 0)]);
  };
  const tasks = by(({ task }) => task)
    .flatMap(([id, count]) => (id === null ? [] : [{ id, count }]))
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_TASK_RUNS);
  return {
    count: rows.reduce((sum, { n }) => sum + n, 0),
    levels: by(({ level }) => level).map(([level, count]) => ({ level, count })),
    loggers: by(({ name }) => name).map(([name, count]) => ({ name, count })),
    task_runs: tasks.map(({ id, count }) => ({ id, name: taskName(q, id), count })),
  };
}

/** Null for one that is gone: its lines outlive it. */
function taskName(q: Reader, id: string): string | null {
  return q.get<{ name: string }>("select name from task_run where id = ?", id)?.name ?? null;
}
