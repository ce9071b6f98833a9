// Pieces of SQL text with their values. Whatever only SQLite knows stands here, so that a second database has one
// file to bring. Column names come from our own code, values always travel as parameters.
import type { SqlValue } from "./unit-of-work.ts";

export interface Condition {
  sql: string;
  params: SqlValue[];
}

/** What finds a row again the quickest: half the time of its id. Not to be kept. */
export const ROW = "rowid";

export const ALWAYS: Condition = { sql: "1 = 1", params: [] };
const NEVER: Condition = { sql: "1 = 0", params: [] };

/**
 * Longer lists travel as one JSON text: a statement takes 32,766 values, an expression 1,000 levels, and each length of a list
 * is a statement that is kept.
 */
const LONG = 100;
const LISTED = "select value from json_each(?)";

export function condition(sql: string, ...params: SqlValue[]): Condition {
  return { sql, params };
}

export function all(conditions: readonly Condition[]): Condition {
  return joined(conditions, " and ", ALWAYS);
}

export function any(conditions: readonly Condition[]): Condition {
  return joined(conditions, " or ", ALWAYS);
}

function joined(conditions: readonly Condition[], word: string, none: Condition): Condition {
  const [first, ...rest] = conditions;
  if (!first) return none;
  if (rest.length === 0) return first;
  if (conditions.length > LONG) {
    // In halves, since each one of a row is a level deeper than the one before.
    const half = Math.ceil(conditions.length / 2);
    const halves = [conditions.slice(0, half), conditions.slice(half)];
    return joined(
      halves.map((part) => joined(part, word, none)),
      word,
      none,
    );
  }
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(word)})`,
    params: conditions.flatMap(({ params }) => params),
  };
}

/** Value in a list; an empty list matches nothing. */
export function inList(column: string, values: readonly SqlValue[]): Condition {
  if (values.length === 0) return NEVER;
  if (values.length === 1) return { sql: `${column} = ?`, params: [...values] };
  return { sql: `${column} in (${placesOf(values)})`, params: paramsOf(values) };
}

export function notInList(column: string, values: readonly SqlValue[]): Condition {
  if (values.length === 0) return ALWAYS;
  return { sql: `${column} not in (${placesOf(values)})`, params: paramsOf(values) };
}

function placesOf(values: readonly SqlValue[]): string {
  return values.length > LONG ? LISTED : values.map(() => "?").join(", ");
}

function paramsOf(values: readonly SqlValue[]): SqlValue[] {
  return values.length > LONG ? [JSON.stringify(values)] : [...values];
}

/** Substring, in any case; `%` and `_` keep their SQL meaning, as on the old server. */
export function contains(column: string, text: string): Condition {
  return { sql: `lower(${column}) like lower(?)`, params: [`%${text}%`] };
}

/** Substring as it is, in any case of the letters from A to Z. */
export function containsText(column: string, text: string): Condition {
  return { sql: `instr(lower(${column}), lower(?)) > 0`, params: [text] };
}

/** With one of the prefixes, in any case; of none of them everything begins. */
export function startsWithAny(column: string, prefixes: readonly string[]): Condition {
  const begins = (prefix: string) => `lower(${column}) like lower(${prefix} || '%')`;
  if (prefixes.length <= LONG) return any(prefixes.map((prefix) => condition(begins("?"), prefix)));
  return condition(`exists (${LISTED} where ${begins("value")})`, JSON.stringify(prefixes));
}

/** A JSON list holds each of the items. */
export function holdsAll(column: string, items: readonly string[]): Condition {
  if (items.length <= LONG) {
    return all(items.map((item) => condition(`exists (select 1 from json_each(${column}) where value = ?)`, item)));
  }
  const wanted = [...new Set(items)];
  // A list that is shorter cannot hold them all: most rows are passed over by its length.
  const held = `select value from json_each(${column})`;
  const sql = `(json_array_length(${column}) >= ? and not exists (${LISTED} where value not in (${held})))`;
  return condition(sql, wanted.length, JSON.stringify(wanted));
}

/** `column in (select …)`: the planner may start from either side. */
export function within(column: string, select: string, where: Condition): Condition {
  return { sql: `${column} in (${select} where ${where.sql})`, params: where.params };
}

/** A column for grouping, whose index is not to be walked for it. */
export function unindexed(column: string): string {
  return `+${column}`;
}

/** The number of the interval, from `start` on, that a time is in; both in milliseconds. Exact, as a time is cut to them. */
export function intervalNumber(column: string, start: number, interval: number): Condition {
  const seconds = `unixepoch(substr(${column}, 1, 23) || 'Z', 'subsec')`;
  return { sql: `cast((round(${seconds} * 1000) - ?) / ? as integer)`, params: [start, interval] };
}

/** A condition that most rows meet: the planner is to start from the index of another one. */
export function mostly(sql: string): string {
  return `likely(${sql})`;
}

/** Searched on the index of this name, which holds all that the condition is about: its rows are not read. */
export function onIndex(table: string, index: string): string {
  return `${table} indexed by ${index}`;
}

/** Rows by their places, which one list holds as JSON. */
export function atPlaces(table: string, places: readonly number[]): Condition {
  return condition(`${table}.${ROW} in (${LISTED})`, JSON.stringify(places));
}
