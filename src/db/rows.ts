// Inserts, updates and counts rows by the names of their columns, so that values cannot get into the wrong column.
import type { Reader, SqlValue, Tx } from "./connect.ts";
import { ALWAYS, type Condition } from "./sql.ts";

/** By column. What is undefined is left out. Names of columns never come from a request. */
export type Columns = Readonly<Record<string, SqlValue | undefined>>;

/**
 * Inserts a row and returns how many were written. `onConflict`: `on conflict (name) do nothing`.
 *
 * @example
 * insertRow(tx, "variable", { id, created: now, updated: now, name, value });
 */
export function insertRow(tx: Tx, table: string, columns: Columns, onConflict = ""): number {
  const { names, values } = given(columns);
  const places = names.map(() => "?").join(", ");
  return tx.run(`insert into ${table} (${names.join(", ")}) values (${places}) ${onConflict}`, ...values);
}

/** Updates the rows that meet the condition. False when there was none. */
export function updateRow(tx: Tx, table: string, columns: Columns, where: Condition): boolean {
  const { names, values } = given(columns);
  const assignments = names.map((name) => `${name} = ?`).join(", ");
  return tx.run(`update ${table} set ${assignments} where ${where.sql}`, ...values, ...where.params) > 0;
}

export function countRows(q: Reader, table: string, where: Condition = ALWAYS): number {
  // SQLite counts all rows of a table faster when there is no condition.
  const condition = where === ALWAYS ? "" : `where ${where.sql}`;
  return q.get<{ n: number }>(`select count(*) as n from ${table} ${condition}`, ...where.params)?.n ?? 0;
}

function given(columns: Columns): { names: string[]; values: SqlValue[] } {
  const [names, values]: [string[], SqlValue[]] = [[], []];
  for (const [name, value] of Object.entries(columns)) {
    if (value === undefined) continue;
    names.push(name);
    values.push(value);
  }
  return { names, values };
}
